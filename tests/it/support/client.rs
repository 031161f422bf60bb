use std::{net::Ipv4Addr, sync::Arc};

use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Method, Request, StatusCode,
    body::Bytes,
    client::conn::http1,
    header::{self, HeaderName},
};
use hyper_util::rt::TokioIo;
use local_stack::{DEVELOPMENT_COOKIE, DemoAccount};
use serde_json::{Value, json};
use shared::edge::SESSION_COOKIE;
use tokio::net::{TcpSocket, TcpStream};

use super::{
    contract,
    deployed::Deployed,
    tls::{ByteStream, TlsClient},
};

/// A value for the `Idempotency-Key` header.
pub(crate) const KEY: &str = "0123456789abcdef";

/// A response with its complete body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Removes the headers that differ between otherwise identical responses.
    pub(crate) fn comparable(mut self) -> Self {
        let is_noise = |name: &HeaderName| *name == header::DATE || name.as_str().starts_with("x-amz");
        let noise: Vec<_> = self.headers.keys().filter(|name| is_noise(name)).cloned().collect();
        for name in noise {
            self.headers.remove(name);
        }
        self
    }

    /// Asserts that the response is a problem of the given type, and returns the problem.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, slug: &str) -> Value {
        let problem = self.json();
        assert_eq!((self.status.as_u16(), &problem["type"]), (status, &slug_uri(slug)), "{problem}");
        problem
    }

    /// Asserts that the response is a problem with these field errors in this order, and returns the problem. Each
    /// field error has the form `"pointer code"`.
    #[track_caller]
    pub(crate) fn invalid_fields(&self, expected: &[&str]) -> Value {
        let problem = self.problem(422, "invalid-fields");
        let errors = problem["errors"].as_array().unwrap().iter();
        let named: Vec<_> = errors
            .map(|error| {
                format!("{} {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())
            })
            .collect();
        assert_eq!(named, expected, "{problem}");
        problem
    }

    /// Asserts that the request was refused as out of order, and that the response contains `next_step`.
    #[track_caller]
    pub(crate) fn out_of_order(&self, next_step: &str) {
        assert_eq!(self.problem(409, "step-out-of-order")["nextStep"], next_step);
    }

    /// Asserts that the request succeeded, and returns the body.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, String::from_utf8_lossy(&self.body));
        self.json()
    }
}

fn slug_uri(slug: &str) -> Value {
    Value::from(format!("/problems/{slug}"))
}

/// The stack that a client calls.
#[derive(Clone)]
enum Reach {
    /// An embedded stack on this port, over plain HTTP.
    Local(u16),
    /// An embedded stack on this port, over HTTPS.
    Tls(u16, TlsClient),
    Deployed(Arc<Deployed>),
}

/// A client that acts as a browser, a relying party and a mailbox. The client stores the session cookie.
#[derive(Clone)]
pub(crate) struct Client {
    reach: Reach,
    /// The last octet of the client's address.
    address: u8,
    pub(crate) cookie: Option<String>,
    /// The application password of the last identity check, which submissions and corrections repeat.
    pub(crate) password: Option<String>,
    pub(crate) accept_language: Option<&'static str>,
}

impl Client {
    /// Creates a client for the embedded stack on this port.
    pub(crate) fn new(port: u16) -> Self {
        Self::reaching(Reach::Local(port))
    }

    /// Creates an HTTPS client for the embedded stack on this port.
    pub(crate) fn over_tls(port: u16, tls: TlsClient) -> Self {
        Self::reaching(Reach::Tls(port, tls))
    }

    /// Creates a client for a deployed stack.
    pub(crate) fn of(deployed: &Arc<Deployed>) -> Self {
        Self::reaching(Reach::Deployed(Arc::clone(deployed)))
    }

    fn reaching(reach: Reach) -> Self {
        Self { reach, address: 1, cookie: None, password: None, accept_language: None }
    }

    /// Sets the last octet of the client's address, which is 1 by default. All client addresses in a test differ only
    /// in this octet.
    pub(crate) fn at_address(mut self, number: u8) -> Self {
        self.address = number;
        self
    }

    pub(crate) fn in_english(mut self) -> Self {
        self.accept_language = Some("en-GB,en;q=0.9,ja;q=0.8");
        self
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Bytes::new()).await
    }

    pub(crate) async fn json(&self, method: Method, path: &str, body: &Value) -> Answer {
        let content_type = (header::CONTENT_TYPE.as_str(), "application/json");
        self.send(method, path, &[content_type], Bytes::from(body.to_string())).await
    }

    /// Sends a request as the pages of the site do.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Answer {
        let mut headers = headers.to_vec();
        if path.starts_with("/api/") {
            headers.push(("sec-fetch-site", "same-origin"));
            if !headers.iter().any(|(name, _)| *name == header::CONTENT_TYPE.as_str()) {
                headers.push((header::CONTENT_TYPE.as_str(), "application/json"));
            }
        }
        self.send_from_elsewhere(method, path, &headers, body).await
    }

    /// Sends a request without the headers that the pages of the site send.
    pub(crate) async fn send_from_elsewhere(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Answer {
        let answer = self.send_unchecked(method.clone(), path, headers, body).await;
        if path.starts_with("/api/") || path.starts_with("/ocsp") {
            contract::check(&method, path, &answer);
        }
        answer
    }

    /// Sends a request to a path outside the API. The response is not checked against the API description.
    pub(crate) async fn send_unchecked(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Answer {
        let (stream, prefix, host): (Box<dyn ByteStream>, _, _) = match &self.reach {
            Reach::Local(port) => {
                (Box::new(connect_from(self.address, *port).await), String::new(), "localhost")
            }
            Reach::Tls(port, tls) => {
                let stream = connect_from(self.address, *port).await;
                (Box::new(tls.connect("localhost", stream).await.unwrap()), String::new(), "localhost")
            }
            Reach::Deployed(deployed) => {
                let (authority, prefix, host) = deployed.api();
                (Box::new(TcpStream::connect(authority).await.unwrap()), prefix, host)
            }
        };
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let uri = format!("{prefix}{path}");
        let mut request = Request::builder().method(method).uri(uri).header(header::HOST, host);
        if let Reach::Deployed(deployed) = &self.reach {
            // The headers that CloudFront adds, because the emulator does not include CloudFront.
            let address = format!("{}:4711", deployed.client_address(self.address));
            request = request.header("cloudfront-viewer-address", address);
            request = request.header("x-edge-secret", deployed.edge_secret());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(language) = self.accept_language {
            request = request.header(header::ACCEPT_LANGUAGE, language);
        }
        let response = sender.send_request(request.body(Full::new(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Returns the object that is published at this path.
    pub(crate) async fn published(&self, path: &str) -> Option<Bytes> {
        match &self.reach {
            Reach::Local(_) | Reach::Tls(..) => {
                let answer = self.get(&format!("/{path}")).await;
                (answer.status != StatusCode::NOT_FOUND).then_some(answer.body)
            }
            Reach::Deployed(deployed) => deployed.published(path).await,
        }
    }

    /// Returns all sent emails, oldest first.
    pub(crate) async fn mails(&self) -> Vec<Value> {
        match &self.reach {
            Reach::Local(_) | Reach::Tls(..) => {
                let outbox = self.get("/local/outbox").await.ok();
                outbox["messages"].as_array().unwrap().iter().rev().cloned().collect()
            }
            Reach::Deployed(deployed) => deployed.mails().await,
        }
    }

    /// Returns the name of the session cookie. Over plain HTTP, the local stack uses a different cookie name.
    pub(crate) fn session_cookie(&self) -> &'static str {
        match &self.reach {
            Reach::Local(_) => DEVELOPMENT_COOKIE,
            Reach::Tls(..) | Reach::Deployed(_) => SESSION_COOKIE,
        }
    }

    /// Returns the Set-Cookie header that sets the session cookie to `value`.
    pub(crate) fn set_cookie(&self, value: &str, max_age: u32) -> String {
        let secure = match &self.reach {
            Reach::Local(_) => "",
            Reach::Tls(..) | Reach::Deployed(_) => " Secure;",
        };
        let name = self.session_cookie();
        format!("{name}={value}; Path=/;{secure} HttpOnly; SameSite=Strict; Max-Age={max_age}")
    }

    /// Performs step 1 with the credentials of `account`.
    pub(crate) async fn identify(&mut self, account: &DemoAccount) -> Answer {
        self.identify_as(&account.email_address, &account.application_password, &account.certificate_code)
            .await
    }

    /// Performs step 1 with the given credentials.
    pub(crate) async fn identify_as(&mut self, email_address: &str, password: &str, code: &str) -> Answer {
        let credentials = json!({
            "emailAddress": email_address,
            "applicationPassword": password,
            "certificateCode": code,
        });
        self.identify_with(&credentials).await
    }

    /// Performs step 1 with the credentials of `account` and a sign-in code.
    pub(crate) async fn identify_with_code(&mut self, account: &DemoAccount, sign_in_code: &str) -> Answer {
        let credentials = json!({
            "emailAddress": account.email_address,
            "applicationPassword": account.application_password,
            "certificateCode": account.certificate_code,
            "signInCode": sign_in_code,
        });
        self.identify_with(&credentials).await
    }

    async fn identify_with(&mut self, credentials: &Value) -> Answer {
        self.password = credentials["applicationPassword"].as_str().map(str::to_owned);
        let answer = self.json(Method::POST, "/api/session", credentials).await;
        if let Some(cookie) = answer.header(header::SET_COOKIE) {
            assert!(cookie.starts_with(&format!("{}=", self.session_cookie())), "{cookie}");
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }

    /// Performs step 3, including the acknowledgement.
    pub(crate) async fn select(&self, coupon_number: &str) -> Answer {
        let path = format!("/api/certificates/{coupon_number}/selection");
        self.json(Method::POST, &path, &json!({ "acknowledged": true })).await
    }

    /// Returns the pre-filled fields as input for step 4.
    pub(crate) async fn prefilled(&self) -> Value {
        let page = self.get("/api/application").await.ok();
        json!({ "couponNumber": page["couponNumber"], "version": page["version"], "fields": page["fields"] })
    }

    /// Performs step 4.
    pub(crate) async fn enter(&self, input: &Value) -> Answer {
        self.json(Method::PUT, "/api/application", input).await
    }

    /// Performs step 5.
    pub(crate) async fn submit(&self, coupon_number: &str, version: u64, key: &str) -> Answer {
        let headers = [(header::CONTENT_TYPE.as_str(), "application/json"), ("idempotency-key", key)];
        let mut body = json!({ "couponNumber": coupon_number, "version": version });
        if let Some(password) = &self.password {
            body["applicationPassword"] = json!(password);
        }
        let body = body.to_string();
        self.send(Method::POST, "/api/application/submission", &headers, Bytes::from(body)).await
    }

    /// Performs step 6.
    pub(crate) async fn receipt(&self, number: &Value) -> Answer {
        self.get(&format!("/api/receipts/{}", number.as_str().unwrap())).await
    }

    /// Asserts that requests to reissue this certificate are refused for this reason.
    pub(crate) async fn assert_not_reissuable(&self, coupon_number: &str, reason: &str, not_after: &str) {
        let list = self.get("/api/certificates").await.ok();
        assert_eq!(list["certificates"], json!([]));
        let [refused] = &list["notReissuable"].as_array().unwrap()[..] else { panic!("{list}") };
        assert_eq!(
            (&refused["reason"], &refused["certificate"]["notAfter"]),
            (&json!(reason), &json!(not_after))
        );
        let page = format!("/api/certificates/{coupon_number}");
        for answer in [self.get(&page).await, self.select(coupon_number).await] {
            let problem = answer.problem(409, "certificate-not-reissuable");
            assert_eq!((&problem["reason"], &problem["notAfter"]), (&json!(reason), &json!(not_after)));
        }
        self.get("/api/application").await.out_of_order("choose");
    }

    /// Performs steps 1 and 3.
    pub(crate) async fn walk_to_entry(&mut self, account: &DemoAccount, coupon_number: &str) {
        self.identify(account).await.ok();
        self.select(coupon_number).await.ok();
    }

    /// Performs steps 1 to 5 up to the review, with the pre-filled fields. Returns the application version to submit.
    pub(crate) async fn walk_to_review(&mut self, account: &DemoAccount, coupon_number: &str) -> u64 {
        self.walk_to_entry(account, coupon_number).await;
        self.enter(&self.prefilled().await).await.ok();
        self.get("/api/application/review").await.ok()["version"].as_u64().unwrap()
    }

    /// Performs steps 1 to 6 and returns the receipt.
    pub(crate) async fn reissue(&mut self, account: &DemoAccount, coupon_number: &str) -> Value {
        let version = self.walk_to_review(account, coupon_number).await;
        self.submit(coupon_number, version, &format!("{KEY}-{coupon_number}")).await.ok()
    }

    /// Performs steps 1 to 6 with another email address, and returns the receipt.
    pub(crate) async fn reissue_to(
        &mut self,
        account: &DemoAccount,
        coupon_number: &str,
        email_address: &str,
    ) -> Value {
        self.walk_to_entry(account, coupon_number).await;
        let mut input = self.prefilled().await;
        input["fields"]["emailAddress"] = json!(email_address);
        let version = self.enter(&input).await.ok()["version"].as_u64().unwrap();
        self.submit(coupon_number, version, KEY).await.ok()
    }
}

/// Connects to a local port from the address 127.0.0.`number`.
async fn connect_from(number: u8, port: u16) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::new(127, 0, 0, number), 0).into()).unwrap();
    socket.connect((Ipv4Addr::LOCALHOST, port).into()).await.unwrap()
}
