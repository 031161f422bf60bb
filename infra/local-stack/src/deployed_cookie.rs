//! Tests that a deployment cannot use the development cookie: with every setting, the functions neither set nor read
//! it.
//!
//! The tests pass API Gateway events directly to the functions. The tests bypass the local stack's gateway, because
//! only the gateway uses the development cookie.

use std::{collections::BTreeSet, sync::Arc};

use hyper::{Request, header};
use serde_json::{Value, json};
use shared::{
    adapters::system::{SystemClock, SystemEntropy},
    domain::{application::AddressChangeHold, ocsp::NoncePolicy, revocation::RevocationTiming},
    edge::SESSION_COOKIE,
};

use crate::{
    Stack, StackOptions, adapters::test_support::Folder, default_site,
    development_cookie::DEVELOPMENT_COOKIE, gateway::event,
};

/// At least one operation of each function that reads the session.
const WITH_SESSION: [(&str, &str); 8] = [
    ("PUT", "/api/session"),
    ("GET", "/api/certificates"),
    ("GET", "/api/certificates/984940947"),
    ("GET", "/api/application"),
    ("GET", "/api/application/review"),
    ("POST", "/api/application/submission"),
    ("GET", "/api/receipts/0000-0000-0000"),
    ("POST", "/api/receipts/0000-0000-0000/resend"),
];

/// One operation of each function that does not read the session.
const WITHOUT_SESSION: [(&str, &str); 3] =
    [("POST", "/api/pickup"), ("POST", "/api/stop"), ("POST", "/ocsp")];

#[tokio::test]
async fn a_deployment_cannot_use_the_development_cookie() {
    for timing in [RevocationTiming::Submission, RevocationTiming::PickUp] {
        let folder = Folder::new();
        let stack = start(&folder, timing).await;
        let credentials = credentials(&stack);
        let opened = call(&stack, "POST", "/api/session", None, &credentials).await;
        let token = assert_session_cookie(&opened, 3600);
        let development = format!("{DEVELOPMENT_COOKIE}={token}");

        let mut called = BTreeSet::new();
        for (method, path) in WITH_SESSION {
            let refused = call(&stack, method, path, Some(&development), "{}").await;
            assert_eq!(refused["statusCode"], 401, "{method} {path}: {refused}");
            assert!(refused["body"].as_str().unwrap().contains("/problems/session-missing"), "{refused}");
            assert_eq!(set_cookie(&refused), None);
            called.insert(function(&stack, method, path));
        }
        for (method, path) in WITHOUT_SESSION {
            let answer = call(&stack, method, path, Some(&development), "{}").await;
            assert_eq!(set_cookie(&answer), None);
            called.insert(function(&stack, method, path));
        }
        assert_eq!(called, stack.gateway.routes.functions().collect(), "every function was called");

        let ended = call(&stack, "DELETE", "/api/session", Some(&development), "").await;
        assert_eq!(assert_session_cookie(&ended, 0), "");
        let session = format!("{SESSION_COOKIE}={token}");
        let list = call(&stack, "GET", "/api/certificates", Some(&session), "").await;
        assert_eq!(list["statusCode"], 200, "the session did not end: {list}");
    }
}

async fn start(folder: &Folder, timing: RevocationTiming) -> Stack {
    let options = StackOptions {
        port: 0,
        https: false,
        data_dir: folder.path().to_owned(),
        site: default_site(),
        timing,
        ocsp_nonces: NoncePolicy::default(),
        hold: AddressChangeHold::default(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        around_ports: std::convert::identity,
    };
    Stack::start(options).await.unwrap()
}

fn credentials(stack: &Stack) -> String {
    let account = &stack.accounts()[0];
    let credentials = json!({
        "emailAddress": account.email_address,
        "applicationPassword": account.application_password,
        "certificateCode": account.certificate_code,
    });
    credentials.to_string()
}

/// Returns the function's response to a request. Asserts that the response does not contain the development cookie.
async fn call(stack: &Stack, method: &str, path: &str, cookie: Option<&str>, body: &str) -> Value {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header("sec-fetch-site", "same-origin")
        .header("idempotency-key", "0123456789abcdef");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let destination = stack.gateway.routes.find(method, path).unwrap();
    let event = event(&destination, &parts, body.as_bytes(), stack.address());
    let answer = stack.gateway.functions.call(destination.function, event).await.unwrap().unwrap();
    assert!(!answer.to_string().contains(DEVELOPMENT_COOKIE), "{answer}");
    answer
}

fn function<'a>(stack: &'a Stack, method: &str, path: &str) -> &'a str {
    stack.gateway.routes.find(method, path).unwrap().function
}

fn set_cookie(answer: &Value) -> Option<&str> {
    answer["multiValueHeaders"]["set-cookie"][0].as_str()
}

/// Asserts that the response sets the session cookie of a deployment, and returns the cookie's value.
#[track_caller]
fn assert_session_cookie(answer: &Value, max_age: u32) -> String {
    let cookie = set_cookie(answer).unwrap_or_else(|| panic!("{answer}"));
    let attributes = format!("; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={max_age}");
    let pair = cookie.strip_suffix(&attributes).unwrap_or_else(|| panic!("{cookie}"));
    let value = pair.strip_prefix(SESSION_COOKIE).and_then(|rest| rest.strip_prefix('='));
    value.unwrap_or_else(|| panic!("{cookie}")).to_owned()
}
