//! What a pick-up refuses, and that guesses are slowed down.

use hyper::{Method, header};
use rcgen::{KeyPair, PublicKeyData};
use serde_json::json;
use shared::domain::{DAY, MINUTE, certificate_code::CertificateCode};

use crate::support::{
    Answer, Mailed, PickUpCredentials, Prepared, TestStack, new_request, openssl_request, request_for,
};

const COUPON: &str = "984940947";
const CSR: &str = "/certificationRequest";

fn unknown_code() -> String {
    CertificateCode::from_secret(&[7; 32]).to_display()
}

/// The answer without what differs from one second to the next.
fn comparable(mut answer: Answer) -> Answer {
    answer.headers.remove(header::DATE);
    answer
}

#[tokio::test]
async fn the_answer_does_not_tell_what_was_wrong() {
    let stack = TestStack::start().await;
    let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
    stack.clock.advance(5 * MINUTE);
    stack.identified("taro").await.resend(&receipt).await.ok();
    stack.settle().await;
    let current = stack.latest_code("taro").await;
    assert_ne!(credentials.code, current.code);

    let wrong = [
        credentials.clone(),
        current.with_password("wrong"),
        current.with_code(&unknown_code()),
        current.with_code("An-old-code"),
        current.with_code(&stack.account("taro").certificate_code),
        current.with_code(&unknown_code()).with_password("wrong"),
    ];
    let mut answers = Vec::new();
    for credentials in &wrong {
        let before = stack.database_calls.count();
        answers.push(comparable(stack.client().check_pick_up(credentials).await));
        answers.push(comparable(stack.client().pick_up(credentials, &new_request()).await));
        assert_eq!(stack.database_calls.count() - before, 2 * 3, "the same work");
    }
    answers[0].problem(401, "pick-up-check-failed");
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
    stack.client().check_pick_up(&current).await.ok();
}

#[tokio::test]
async fn what_cannot_be_right_is_told_field_by_field() {
    let stack = TestStack::start().await;
    let client = stack.client();
    let answer = client.json(Method::POST, "/api/pickup", &json!({})).await;
    answer.invalid_fields(&["/certificateCode required", "/applicationPassword required"]);
    let answer =
        client.json(Method::POST, "/api/pickup/certificate", &json!({ "certificateCode": "x" })).await;
    answer.invalid_fields(&["/applicationPassword required", "/certificationRequest required"]);
    let typo = unknown_code().replacen("3", "4", 1).replacen("0", "1", 1);
    let credentials = PickUpCredentials { code: typo, password: "any".to_owned() };
    client.check_pick_up(&credentials).await.invalid_fields(&["/certificateCode certificateCodeTypo"]);
    let unknown = json!({ "certificateCode": "x", "applicationPassword": "y", "key": "z" });
    client.json(Method::POST, "/api/pickup", &unknown).await.invalid_fields(&["/key unknownField"]);
    client.get("/api/pickup").await.problem(405, "method-not-allowed");
}

#[tokio::test]
async fn a_request_or_key_that_is_refused_is_told_with_its_remedy() {
    let stack = TestStack::start().await;
    let Mailed { credentials, .. } = stack.mailed("taro", COUPON).await;
    let folder = tempfile::tempdir().unwrap();
    let by_openssl = |key: &[&str]| openssl_request(folder.path(), key);
    let good = new_request();
    let refused = [
        ("not a request".to_owned(), "csrMalformed"),
        (good.replace("CERTIFICATE REQUEST", "CERTIFICATE"), "csrMalformed"),
        (good[..good.len() / 2].to_owned(), "csrMalformed"),
        (by_openssl(&["ed25519"]), "keyUnsupported"),
        (by_openssl(&["ec", "-pkeyopt", "ec_paramgen_curve:P-521"]), "keyUnsupported"),
        (by_openssl(&["rsa:1024"]), "keyUnsupported"),
        (by_openssl(&["rsa:2048", "-pkeyopt", "rsa_keygen_pubexp:3"]), "keyWeak"),
    ];
    for (request, rule) in refused {
        let problem = stack.client().in_english().pick_up(&credentials, &request).await;
        let problem = problem.invalid_fields(&[&format!("{CSR} {rule}")]);
        let english = problem["errors"][0]["detail"].as_str().unwrap();
        let problem = stack.client().pick_up(&credentials, &request).await.json();
        let japanese = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(english.is_ascii() && !japanese.is_ascii(), "{english} {japanese}");
    }
    stack.client().pick_up(&credentials, &good).await.ok();
}

#[tokio::test]
async fn a_signature_of_another_key_proves_nothing() {
    let stack = TestStack::start().await;
    let Mailed { credentials, .. } = stack.mailed("taro", COUPON).await;
    let pem = |request: &str| {
        let base64: String = request.lines().filter(|line| !line.starts_with('-')).collect();
        data_encoding::BASE64.decode(base64.as_bytes()).unwrap()
    };
    // Two requests that differ in the key only: the one with the other's key, but its own signature.
    let (one, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let request = pem(&request_for(&one));
    let position = request.windows(65).position(|window| window == one.public_key_raw()).unwrap();
    let mut forged = request;
    forged[position..position + 65].copy_from_slice(other.public_key_raw());
    let base64 = data_encoding::BASE64.encode(&forged);
    let forged =
        format!("-----BEGIN CERTIFICATE REQUEST-----\n{base64}\n-----END CERTIFICATE REQUEST-----\n");
    let answer = stack.client().pick_up(&credentials, &forged).await;
    answer.invalid_fields(&[&format!("{CSR} csrSignature")]);
}

#[tokio::test]
async fn a_key_that_was_certified_before_is_not_certified_again() {
    let stack = TestStack::start().await;
    let key = KeyPair::generate().unwrap();
    let first = stack.mailed("taro", COUPON).await;
    stack.client().pick_up(&first.credentials, &request_for(&key)).await.ok();
    let other = stack.mailed("hanako", "984940950").await;
    let answer = stack.client().pick_up(&other.credentials, &request_for(&key)).await;
    answer.invalid_fields(&[&format!("{CSR} keyReused")]);
    stack.client().pick_up(&other.credentials, &new_request()).await.ok();
}

#[tokio::test]
async fn a_key_on_the_list_of_compromised_keys_is_refused() {
    let key = KeyPair::generate().unwrap();
    let fingerprint = ring::digest::digest(&ring::digest::SHA256, &key.subject_public_key_info());
    let list = format!("# known\n{}\n", data_encoding::HEXLOWER.encode(fingerprint.as_ref()));
    let stack = Prepared::with_compromised_keys(&list).await.run();
    let Mailed { credentials, .. } = stack.mailed("taro", COUPON).await;
    let answer = stack.client().pick_up(&credentials, &request_for(&key)).await;
    answer.invalid_fields(&[&format!("{CSR} keyCompromised")]);
    stack.client().pick_up(&credentials, &new_request()).await.ok();
}

#[tokio::test]
async fn a_code_opens_nothing_after_its_time_and_only_who_has_the_password_is_told_so() {
    let stack = TestStack::start().await;
    let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
    stack.clock.advance(DAY - 1);
    stack.client().check_pick_up(&credentials).await.ok();
    stack.clock.advance(1);
    let wrong = credentials.with_password("wrong");
    stack.client().check_pick_up(&wrong).await.problem(401, "pick-up-check-failed");
    for answer in [
        stack.client().check_pick_up(&credentials).await,
        stack.client().pick_up(&credentials, &new_request()).await,
    ] {
        let problem = answer.problem(410, "code-expired");
        assert_eq!(problem["receiptNumber"], receipt["receiptNumber"]);
    }

    let client = stack.identified("taro").await;
    client.resend(&receipt).await.ok();
    stack.settle().await;
    let current = stack.latest_code("taro").await;
    stack.client().pick_up(&current, &new_request()).await.ok();
}

#[tokio::test]
async fn guesses_at_the_password_of_a_code_have_to_wait() {
    let stack = TestStack::start().await;
    let Mailed { credentials, .. } = stack.mailed("taro", COUPON).await;
    for attempt in 0..6 {
        let answer =
            stack.client().check_pick_up(&credentials.with_password(&format!("guess {attempt}"))).await;
        answer.problem(401, "pick-up-check-failed");
    }
    let before = stack.database_calls.count();
    let refused = stack.client().pick_up(&credentials, &new_request()).await;
    refused.problem(429, "too-many-attempts");
    assert_eq!(refused.header(header::RETRY_AFTER), Some("2"));
    assert_eq!(stack.database_calls.count() - before, 1, "it is not even checked");
    stack.identified("taro").await;

    stack.clock.advance(2);
    stack.client().check_pick_up(&credentials).await.ok();
    let again = stack.client().check_pick_up(&credentials.with_password("guess")).await;
    again.problem(401, "pick-up-check-failed");
    stack.client().pick_up(&credentials, &new_request()).await.ok();
}

#[tokio::test]
async fn one_client_address_cannot_try_many_codes() {
    let stack = TestStack::start().await;
    let Mailed { credentials, .. } = stack.mailed("taro", COUPON).await;
    let guesser = stack.client().at_address(2);
    for attempt in 0..21_u8 {
        let code = CertificateCode::from_secret(&[attempt; 32]).to_display();
        guesser.check_pick_up(&credentials.with_code(&code)).await.problem(401, "pick-up-check-failed");
    }
    guesser.check_pick_up(&credentials).await.problem(429, "too-many-attempts");
    stack.client().at_address(3).check_pick_up(&credentials).await.ok();
}
