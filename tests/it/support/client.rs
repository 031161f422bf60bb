use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Method, Request, StatusCode, body::Bytes, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use local_stack::DemoAccount;
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Asserts that this is a complete problem of the given kind, and gives it.
    pub(crate) fn problem(&self, status: u16, slug: &str) -> Value {
        let problem = self.json();
        assert_eq!(self.status.as_u16(), status, "{problem}");
        assert_eq!(problem["type"], format!("/problems/{slug}"), "{problem}");
        assert_eq!(problem["status"], status);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        problem
    }

    /// Asserts success and gives the body.
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, String::from_utf8_lossy(&self.body));
        self.json()
    }
}

/// A browser, as far as the API is concerned: it keeps the session cookie.
#[derive(Clone)]
pub(crate) struct Client {
    port: u16,
    pub(crate) cookie: Option<String>,
}

impl Client {
    pub(crate) fn new(port: u16) -> Self {
        Self { port, cookie: None }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Bytes::new()).await
    }

    pub(crate) async fn json(&self, method: Method, path: &str, body: &Value) -> Answer {
        let content_type = (header::CONTENT_TYPE.as_str(), "application/json");
        self.send(method, path, &[content_type], Bytes::from(body.to_string())).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Answer {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let response = sender.send_request(request.body(Full::new(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Step 1.
    pub(crate) async fn identify(&mut self, account: &DemoAccount) -> Answer {
        let credentials = json!({
            "emailAddress": account.email_address,
            "applicationPassword": account.application_password,
            "certificateCode": account.certificate_code,
        });
        let answer = self.json(Method::POST, "/api/session", &credentials).await;
        if let Some(cookie) = answer.headers.get(header::SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().map(str::to_owned);
        }
        answer
    }

    /// Step 3, with the acknowledgement.
    pub(crate) async fn select(&self, coupon_number: &str) -> Answer {
        let path = format!("/api/certificates/{coupon_number}/selection");
        self.json(Method::POST, &path, &json!({ "acknowledged": true })).await
    }

    /// Step 4, with the fields as they are pre-filled.
    pub(crate) async fn enter_as_prefilled(&self) -> Answer {
        let page = self.get("/api/application").await.ok();
        let input = json!({ "couponNumber": page["couponNumber"], "version": page["version"], "fields": page["fields"] });
        self.json(Method::PUT, "/api/application", &input).await
    }

    /// Step 5.
    pub(crate) async fn submit(&self, coupon_number: &str, version: u64, key: &str) -> Answer {
        let headers = [(header::CONTENT_TYPE.as_str(), "application/json"), ("idempotency-key", key)];
        let body = json!({ "couponNumber": coupon_number, "version": version }).to_string();
        self.send(Method::POST, "/api/application/submission", &headers, Bytes::from(body)).await
    }

    /// Steps 1 to 5 up to the review; gives the version to submit.
    pub(crate) async fn walk_to_review(&mut self, account: &DemoAccount, coupon_number: &str) -> u64 {
        self.identify(account).await.ok();
        self.select(coupon_number).await.ok();
        self.enter_as_prefilled().await.ok();
        self.get("/api/application/review").await.ok()["version"].as_u64().unwrap()
    }
}
