//! Tests of invalid requests. Each invalid request is refused with a specific problem and has no effect.

use hyper::{Method, body::Bytes, header};
use serde_json::json;
use shared::{
    domain::{enrollment::EnrollmentId, session::SessionToken},
    edge::SESSION_COOKIE,
};

use crate::support::{Answer, Client, KEY, TestStack};

const COUPON: &str = "984940947";
const SESSION: (Method, &str) = (Method::POST, "/api/session");
const SELECTION: (Method, &str) = (Method::POST, "/api/certificates/984940947/selection");
const APPLICATION: (Method, &str) = (Method::PUT, "/api/application");
const SUBMISSION: (Method, &str) = (Method::POST, "/api/application/submission");
const CORRECTION: (Method, &str) = (Method::PUT, "/api/receipts/0000-0000-0000/email");
const STOP_CHECK: (Method, &str) = (Method::POST, "/api/stop");
const STOP: (Method, &str) = (Method::POST, "/api/stop/confirmation");
/// The operations that have a request body.
const WITH_BODY: [(Method, &str); 7] =
    [SESSION, SELECTION, APPLICATION, SUBMISSION, CORRECTION, STOP_CHECK, STOP];

/// A session whose application is ready for submission, and all responses that the session can read.
struct Waiting {
    stack: TestStack,
    client: Client,
    version: u64,
    before: Vec<Bytes>,
}

impl Waiting {
    async fn new() -> Self {
        let stack = TestStack::start().await;
        let mut client = stack.client();
        let version = client.walk_to_review(stack.account("taro"), COUPON).await;
        let before = everything(&client).await;
        Self { stack, client, version, before }
    }

    async fn send(&self, operation: &(Method, &str), content_type: &str, body: impl Into<Bytes>) -> Answer {
        let headers = [(header::CONTENT_TYPE.as_str(), content_type), ("idempotency-key", KEY)];
        self.client.send(operation.0.clone(), operation.1, &headers, body.into()).await
    }

    async fn json(&self, operation: &(Method, &str), body: impl Into<Bytes>) -> Answer {
        self.send(operation, "application/json", body).await
    }

    /// Asserts that all responses are unchanged, and that the application can still be submitted.
    async fn assert_untouched(self) {
        assert_eq!(everything(&self.client).await, self.before);
        self.client.submit(COUPON, self.version, KEY).await.ok();
    }
}

async fn everything(client: &Client) -> Vec<Bytes> {
    let mut bodies = Vec::new();
    for path in ["/api/certificates", "/api/application", "/api/application/review", "/local/outbox"] {
        let answer = client.get(path).await;
        answer.ok();
        bodies.push(answer.body);
    }
    bodies
}

#[tokio::test]
async fn a_body_that_is_not_a_json_object_is_malformed() {
    let waiting = Waiting::new().await;
    let bodies: [&[u8]; 12] = [
        b"",
        b"{",
        b"{,}",
        b"{}}",
        b"{} {}",
        b"{'a':1}",
        b"{\"\xff\":1}",
        b"{\"\\ud800\":1}",
        b"null",
        b"7",
        b"\"\"",
        b"<xml/>",
    ];
    for operation in &WITH_BODY {
        for body in &bodies {
            waiting.json(operation, body.to_vec()).await.problem(400, "malformed-body");
        }
    }
    waiting.assert_untouched().await;
}

#[tokio::test]
async fn deep_nesting_is_a_client_error() {
    let waiting = Waiting::new().await;
    for name in ["emailAddress", "acknowledged", "fields", "version"] {
        for deep in ["[".repeat(15_000), "{\"a\":".repeat(3_000)] {
            for operation in &WITH_BODY {
                let answer = waiting.json(operation, format!("{{\"{name}\":{deep}")).await;
                assert!(matches!(answer.status.as_u16(), 400 | 422), "{name} {operation:?}: {answer:?}");
            }
        }
    }
    waiting.assert_untouched().await;
}

/// By default, serde also accepts an array in place of a struct.
#[tokio::test]
async fn an_array_in_place_of_an_object_is_refused() {
    let waiting = Waiting::new().await;
    let account = waiting.stack.account("taro");
    let credentials = json!([account.email_address, account.application_password, account.certificate_code]);
    waiting.json(&SESSION, credentials.to_string()).await.problem(400, "malformed-body");
    waiting.json(&SELECTION, "[true]").await.problem(400, "malformed-body");
    waiting
        .json(&SUBMISSION, format!("[\"{COUPON}\",{}]", waiting.version))
        .await
        .problem(400, "malformed-body");
    waiting.json(&APPLICATION, "[]").await.problem(400, "malformed-body");
    let mut input = waiting.client.prefilled().await;
    let values: Vec<_> = input["fields"].as_object().unwrap().values().cloned().collect();
    input["fields"] = json!(values);
    waiting.json(&APPLICATION, input.to_string()).await.invalid_fields(&["/fields wrongType"]);
    waiting.assert_untouched().await;
}

#[tokio::test]
async fn a_duplicate_member_is_malformed() {
    let waiting = Waiting::new().await;
    for (operation, body) in [
        (&SESSION, r#"{"emailAddress":"a@example.jp","emailAddress":"b@example.jp"}"#),
        (&SELECTION, r#"{"acknowledged":false,"acknowledged":true}"#),
        (&APPLICATION, r#"{"couponNumber":"984940947","version":2,"version":3,"fields":{}}"#),
        (&APPLICATION, r#"{"couponNumber":"984940947","version":2,"fields":{"city":"a","city":"b"}}"#),
        (&SUBMISSION, r#"{"couponNumber":"984940947","version":1,"version":2}"#),
        (&CORRECTION, r#"{"emailAddress":"a@example.jp","emailAddress":"b@example.jp"}"#),
        (&STOP, r#"{"stopCode":"a","stopCode":"b"}"#),
    ] {
        waiting.json(operation, body).await.problem(400, "malformed-body");
    }
    waiting.assert_untouched().await;
}

#[tokio::test]
async fn unknown_members_and_wrong_types_are_reported() {
    let waiting = Waiting::new().await;
    for (operation, body, expected) in [
        (&SESSION, json!({ "emailAddress": 1 }), "/emailAddress wrongType"),
        (&SESSION, json!({ "password": "x" }), "/password unknownField"),
        (&SELECTION, json!({ "acknowledged": "true" }), "/acknowledged wrongType"),
        (&SELECTION, json!({ "acknowledged": null }), "/acknowledged wrongType"),
        (&SELECTION, json!({ "acknowledged": true, "timing": "pickup" }), "/timing unknownField"),
        (&APPLICATION, json!({ "version": "2" }), "/version wrongType"),
        (&APPLICATION, json!({ "version": 2.5 }), "/version wrongType"),
        (&APPLICATION, json!({ "version": -1 }), "/version wrongType"),
        (&APPLICATION, json!({ "couponNumber": "x" }), "/couponNumber wrongType"),
        (&APPLICATION, json!({ "fields": { "city": ["a"] } }), "/fields/city wrongType"),
        (&APPLICATION, json!({ "fields": { "fax": "0350001111" } }), "/fields/fax unknownField"),
        (&APPLICATION, json!({ "fields": { "a/b~c": "" } }), "/fields/a~1b~0c unknownField"),
        (&APPLICATION, json!({ "fixed": { "phone": "0350001111" } }), "/fixed/phone unknownField"),
        (&APPLICATION, json!({ "state": "accepted" }), "/state unknownField"),
        (&SUBMISSION, json!({ "couponNumber": 984_940_947 }), "/couponNumber wrongType"),
        (&SUBMISSION, json!({ "language": "fr" }), "/language wrongType"),
        (&SUBMISSION, json!({ "receiptNumber": "x" }), "/receiptNumber unknownField"),
        (&CORRECTION, json!({ "emailAddress": 1 }), "/emailAddress wrongType"),
        (&CORRECTION, json!({ "certificateCode": "x" }), "/certificateCode unknownField"),
        (&STOP, json!({ "stopCode": 1 }), "/stopCode wrongType"),
        (&STOP, json!({ "receiptNumber": "x" }), "/receiptNumber unknownField"),
        (&SUBMISSION, json!({ "version": 2 }), "/couponNumber required"),
        (&SUBMISSION, json!({ "couponNumber": "984940947" }), "/version required"),
    ] {
        waiting.json(operation, body.to_string()).await.invalid_fields(&[expected]);
    }
    let both = ["/couponNumber required", "/version required"];
    waiting.json(&SUBMISSION, "{}").await.invalid_fields(&both);
    waiting.json(&APPLICATION, "{}").await.invalid_fields(&both);
    waiting.assert_untouched().await;
}

#[tokio::test]
async fn other_content_types_are_refused() {
    let waiting = Waiting::new().await;
    for operation in &WITH_BODY {
        for content_type in
            ["text/plain", "application/x-www-form-urlencoded", "", "application/json5", "json"]
        {
            let answer = waiting.send(operation, content_type, r#"{"acknowledged":true}"#).await;
            answer.problem(415, "unsupported-media-type");
        }
    }
    for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
        waiting.send(&SELECTION, content_type, r#"{"acknowledged":true}"#).await.ok();
    }
    waiting.assert_untouched().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let waiting = Waiting::new().await;
    let garbage: Vec<u8> =
        (0..1024 * 1024_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for operation in &WITH_BODY {
        waiting.json(operation, garbage.clone()).await.problem(413, "body-too-large");
        waiting.json(operation, " ".repeat(16 * 1024 + 1)).await.problem(413, "body-too-large");
        waiting.json(operation, " ".repeat(16 * 1024)).await.problem(400, "malformed-body");
    }
    waiting.json(&SESSION, " ".repeat(10 * 1024 * 1024 + 1)).await.problem(413, "body-too-large");
    waiting.assert_untouched().await;
}

#[tokio::test]
async fn an_invalid_session_cookie_is_refused() {
    let waiting = Waiting::new().await;
    let own = waiting.client.cookie.clone().unwrap();
    let (_, value) = own.split_once('=').unwrap();
    let token: SessionToken = value.parse().unwrap();
    let name = waiting.client.session_cookie();
    let forged =
        |enrollment, secret| format!("{name}={}", SessionToken::new(enrollment, secret).to_cookie_value());
    let mut client = waiting.stack.client();
    for (cookie, slug) in [
        (String::new(), "session-missing"),
        (format!("{name}="), "session-missing"),
        (format!("{name}=%00%ff"), "session-missing"),
        (format!("session={value}"), "session-missing"),
        (format!("{SESSION_COOKIE}={value}"), "session-missing"),
        (format!("{own}A"), "session-missing"),
        (own[..own.len() - 1].to_owned(), "session-missing"),
        (format!("{name}={}", "A".repeat(4000)), "session-missing"),
        (forged(token.enrollment().clone(), [0; 32]), "session-ended"),
        (forged(EnrollmentId::from_random([9; 16]), [0; 32]), "session-ended"),
    ] {
        client.cookie = Some(cookie.clone());
        for path in ["/api/certificates", "/api/application/review", "/api/receipts/0000-0000-0000"] {
            let problem = client.get(path).await.problem(401, slug);
            assert_eq!(problem["nextStep"], "identify", "{cookie}");
        }
        client.submit(COUPON, waiting.version, KEY).await.problem(401, slug);
    }
    client.cookie = Some(format!("theme=dark; {own}; lang=ja"));
    client.get("/api/certificates").await.ok();
    waiting.assert_untouched().await;
}

#[tokio::test]
async fn an_unsupported_method_returns_the_supported_methods() {
    let waiting = Waiting::new().await;
    for (path, methods) in [
        ("/api/session", &["POST", "PUT", "DELETE"][..]),
        ("/api/certificates", &["GET"]),
        ("/api/certificates/984940947", &["GET"]),
        ("/api/certificates/selection", &["GET"]),
        ("/api/certificates/984940947/selection", &["POST"]),
        ("/api/application", &["GET", "PUT"]),
        ("/api/application/review", &["GET"]),
        ("/api/application/submission", &["POST"]),
        ("/api/receipts/0000-0000-0000", &["GET"]),
        ("/api/receipts/0000-0000-0000/resend", &["POST"]),
        ("/api/receipts/0000-0000-0000/email", &["PUT"]),
        ("/api/pickup", &["POST"]),
    ] {
        let others = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "REPORT"].into_iter();
        for method in others.filter(|method| !methods.contains(method)) {
            let body = Bytes::from_static(b"{}");
            let answer = waiting.client.send(method.parse().unwrap(), path, &[], body).await;
            // The client compares the `Allow` header with the API description.
            answer.problem(405, "method-not-allowed");
        }
        let answer = waiting.client.send(Method::HEAD, path, &[], Bytes::new()).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (405, 0), "{path}");
    }
    waiting.assert_untouched().await;
}

#[tokio::test]
async fn unknown_paths_and_numbers_are_not_found() {
    let waiting = Waiting::new().await;
    for path in [
        "/api/",
        "/api/session/",
        "/api//session",
        "/api/Certificates",
        "/api/certificates/",
        "/api/certificates/selection",
        "/api/certificates/984940948",
        "/api/certificates/98494094a",
        "/api/certificates/12345678901234567",
        "/api/certificates/984940947%00",
        "/api/certificates/%2e%2e",
        "/api/certificates/984940947/selection/",
        "/api/receipts/",
        "/api/receipts/0000-0000-0001",
        "/api/receipts/0000-0000-0000",
        "/api/receipts/%F0%9F%92%A9",
    ] {
        waiting.client.get(path).await.problem(404, "not-found");
    }
    waiting.client.get("/api/certificates?couponNumber=1&x=%00").await.ok();
    waiting.assert_untouched().await;
}

#[tokio::test]
async fn a_submission_requires_a_valid_idempotency_key() {
    let waiting = Waiting::new().await;
    let body = json!({ "couponNumber": COUPON, "version": waiting.version }).to_string();
    let json = (header::CONTENT_TYPE.as_str(), "application/json");
    let send = async |headers: &[(&str, &str)]| {
        waiting.client.send(SUBMISSION.0, SUBMISSION.1, headers, Bytes::from(body.clone())).await
    };
    send(&[json]).await.problem(400, "idempotency-key-invalid");
    let (too_short, too_long) = ("a".repeat(15), "a".repeat(65));
    for key in
        ["", &too_short, &too_long, "0123456789 abcdef", "0123456789abcde=", "０１２３４５６７８９abcdef"]
    {
        send(&[json, ("idempotency-key", key)]).await.problem(400, "idempotency-key-invalid");
    }
    waiting.assert_untouched().await;
}
