//! An HTTP server that returns prepared responses. The server replaces AWS in tests of the layers that call AWS.

// The server panics on errors, which makes the calling test fail.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// A prepared response.
pub struct Answer {
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    body: String,
}

impl Answer {
    /// Creates a JSON response, as DynamoDB and KMS do.
    pub fn json(status: u16, body: &str) -> Self {
        Self { status, headers: vec![("content-type", "application/x-amz-json-1.1")], body: body.to_owned() }
    }

    /// Creates an XML response, as S3 does.
    pub fn xml(status: u16, body: &str) -> Self {
        Self { status, headers: vec![("content-type", "application/xml")], body: body.to_owned() }
    }

    /// Returns the response with an additional header.
    pub fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// A request that the server received.
#[derive(Clone)]
pub struct Request {
    /// The path and query string.
    pub target: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// Returns the value of the header `name`, which must be in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str())
    }
}

/// A server that answers each request with the next prepared response. If no response is left, the server closes the
/// connection.
pub struct StubService {
    endpoint_url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl StubService {
    /// Starts the server on a free port of the loopback interface.
    pub fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint_url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let mut answers: VecDeque<_> = answers.into_iter().collect();
        let arrived = Arc::clone(&requests);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let connection = connection.unwrap();
                arrived.lock().unwrap().push(read_request(&connection));
                if let Some(answer) = answers.pop_front() {
                    write_answer(&connection, &answer);
                }
            }
        });
        Self { endpoint_url, requests }
    }

    /// Returns the value of the environment variable `name` for a client of this server.
    pub fn variable(&self, name: &str) -> Option<String> {
        match name {
            "AWS_REGION" => Some("us-east-1".to_owned()),
            "AWS_ENDPOINT_URL" => Some(self.endpoint_url.clone()),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
            _ => None,
        }
    }

    /// Returns the requests that the server received, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn read_request(connection: &TcpStream) -> Request {
    let mut reader = BufReader::new(connection);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let target = line().split(' ').nth(1).unwrap_or_default().to_owned();
    let headers: Vec<_> = std::iter::from_fn(|| {
        let line = line();
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    })
    .collect();
    let length = headers.iter().find(|header| header.0 == "content-length");
    let mut body = vec![0; length.map_or(0, |header| header.1.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    Request { target, headers, body }
}

fn write_answer(mut connection: &TcpStream, answer: &Answer) {
    let mut head =
        format!("HTTP/1.1 {} Answer\r\nx-amzn-requestid: stub\r\nconnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = &answer.body;
    write!(connection, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
}
