//! Tests of the checks that every request passes before its function reads anything else.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use hyper::{Method, body::Bytes};
use lambda_http::{Body, Request, Response};
use serde_json::Value;
use shared::{
    domain::MINUTE,
    edge::{Entrance, Pseudonyms},
    lambda,
    ports::{MessageAuthenticator, PortError},
};

use crate::support::{Answer, Client, Mailed, MovedClock, Prepared, TestStack, contract};

const COUPON: &str = "984940947";
const JSON: (&str, &str) = ("content-type", "application/json");
const SAME_ORIGIN: (&str, &str) = ("sec-fetch-site", "same-origin");

/// A stack on which a resend, a correction and a new reissue are possible.
struct Attacked {
    stack: TestStack,
    client: Client,
    receipt_number: String,
}

impl Attacked {
    async fn new() -> Self {
        let stack = TestStack::start().await;
        let Mailed { receipt, .. } = stack.mailed("taro", COUPON).await;
        stack.clock.advance(5 * MINUTE);
        let client = stack.identified("taro").await;
        Self { stack, client, receipt_number: receipt["receiptNumber"].as_str().unwrap().to_owned() }
    }

    /// Sends a valid request for this operation with only these headers.
    async fn send(&self, method: &Method, template: &str, headers: &[(&str, &str)]) -> Answer {
        let path =
            template.replace("{couponNumber}", COUPON).replace("{receiptNumber}", &self.receipt_number);
        let headers = [headers, &[("idempotency-key", "0123456789abcdef")]].concat();
        let body = Bytes::from_static(br#"{"acknowledged":true}"#);
        self.client.send_from_elsewhere(method.clone(), &path, &headers, body).await
    }

    /// Returns the receipt, which would show every effect of the session.
    async fn receipt(&self) -> Value {
        self.client.receipt(&self.receipt_number.as_str().into()).await.ok()
    }
}

#[tokio::test]
async fn no_other_site_can_change_state() {
    let attacked = Attacked::new().await;
    let (own, other_port) = (format!("http://localhost:{}", attacked.stack.port()), "http://localhost:1");
    let before = attacked.receipt().await;
    let calls = attacked.stack.database_calls.count();
    let mut operations = 0;
    for (method, template) in contract::changes() {
        for headers in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "")],
            &[("sec-fetch-site", "Same-Origin")],
            &[("sec-fetch-site", "cross-site"), ("origin", &own)],
            &[("origin", "https://attacker.example")],
            &[("origin", "null")],
            &[("origin", other_port)],
            &[("origin", &format!("{own}.attacker.example"))],
        ] {
            for content_type in [JSON, ("content-type", "text/plain")] {
                let answer = attacked.send(&method, template, &[headers, &[content_type]].concat()).await;
                answer.problem(403, "cross-origin-request");
            }
        }
        for content_type in
            [&[][..], &[("content-type", "text/plain")], &[("content-type", "multipart/form-data")]]
        {
            for from_site in [SAME_ORIGIN, ("origin", &own)] {
                let answer = attacked.send(&method, template, &[&[from_site], content_type].concat()).await;
                answer.problem(415, "unsupported-media-type");
            }
        }
        operations += 1;
    }
    assert!(operations >= 9, "{operations} operations");
    assert_eq!(attacked.stack.database_calls.count(), calls, "nothing was read or written");
    assert_eq!(attacked.receipt().await, before);
}

#[tokio::test]
async fn pages_of_the_site_can_change_state_in_old_and_new_browsers() {
    let attacked = Attacked::new().await;
    let port = attacked.stack.port();
    let own = [format!("http://localhost:{port}"), format!("http://127.0.0.1:{port}")];
    for (method, template) in contract::changes().filter(|(method, _)| method != Method::DELETE) {
        for from_site in [SAME_ORIGIN, ("origin", own[0].as_str()), ("origin", own[1].as_str())] {
            let status = attacked.send(&method, template, &[from_site, JSON]).await.status.as_u16();
            assert!(status != 403 && status != 415, "{method} {template}: {status}");
        }
    }
    let resend = attacked.receipt().await["resend"].clone();
    assert_eq!(resend["reason"], "tooSoon", "one of the requests was a resend");
    let ended = attacked.send(&Method::DELETE, "/api/session", &[SAME_ORIGIN, JSON]).await;
    assert_eq!(ended.status, 204);
}

#[tokio::test]
async fn over_https_only_the_https_origin_can_change_state() {
    let stack = Prepared::with_https().await.run();
    let client = stack.client();
    for (scheme, status) in [("https", 204), ("http", 403)] {
        let origin = format!("{scheme}://localhost:{}", stack.port());
        let headers = [("origin", origin.as_str()), JSON];
        let answer = client.send_from_elsewhere(Method::DELETE, "/api/session", &headers, Bytes::new()).await;
        assert_eq!(answer.status, status, "{scheme}");
    }
}

#[tokio::test]
async fn relying_parties_of_any_origin_can_use_ocsp() {
    let client = TestStack::start().await.client();
    let headers = [("content-type", "application/ocsp-request"), ("origin", "https://mail.example")];
    let answer = client.send_from_elsewhere(Method::POST, "/ocsp", &headers, Bytes::from_static(b"0")).await;
    assert_eq!(answer.status, 200);
}

struct NoAuthenticator;

#[async_trait]
impl MessageAuthenticator for NoAuthenticator {
    async fn mac(&self, _: &[u8]) -> Result<[u8; 32], PortError> {
        Err(PortError { service: "test", message: "no key".to_owned() })
    }
}

/// Returns the status of the response to a request with this edge secret, and whether a function was called.
async fn through(entrance: &Entrance, method: &str, path: &str, secrets: &[&str]) -> (u16, bool) {
    let mut request = hyper::Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .header("sec-fetch-site", "same-origin");
    for secret in secrets {
        request = request.header("x-edge-secret", *secret);
    }
    let called = Arc::new(AtomicUsize::new(0));
    let calls = Arc::clone(&called);
    let handle = |_: Request| {
        calls.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Response::new(Body::Empty) }) as lambda_http::BoxFuture<'_, _>
    };
    let request = request.body(Body::Empty).unwrap();
    let answer = lambda::request_invocation("some-step", "1", entrance, request, handle).await;
    if answer.status() == 403 {
        let problem: Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(problem["type"], "/problems/direct-request");
    }
    (answer.status().as_u16(), called.load(Ordering::Relaxed) == 1)
}

/// Also tests that the API responds while the key for the log's pseudonyms cannot be derived.
#[tokio::test]
async fn requests_that_bypass_cloudfront_are_refused() {
    const FIRST: &str = "first-value-of-the-edge-secret-01";
    const SECOND: &str = "second-value-of-the-edge-secret-2";
    let entrance = Entrance {
        edge_secrets: format!("{FIRST},{SECOND}").parse().unwrap(),
        origins: vec!["https://reissue.example.test".parse().unwrap()],
        pseudonyms: Pseudonyms::start(Arc::new(NoAuthenticator), MovedClock::new()).await,
    };
    for (method, path) in [
        ("GET", "/api/certificates"),
        ("POST", "/api/session"),
        ("DELETE", "/api/session"),
        ("POST", "/api/pickup"),
        ("POST", "/ocsp"),
        ("GET", "/ocsp/MEIwQA"),
    ] {
        for direct in [&[][..], &[""], &["other"], &[FIRST, SECOND]] {
            assert_eq!(through(&entrance, method, path, direct).await, (403, false), "{method} {path}");
        }
        for secret in [FIRST, SECOND] {
            assert_eq!(through(&entrance, method, path, &[secret]).await, (200, true), "{method} {path}");
        }
    }
}
