//! Tests of pick-ups that are refused after an expiry or after many guesses. The other pick-up tests are in
//! [`journeys`](crate::journeys).

use hyper::header;
use rcgen::{KeyPair, PublicKeyData};
use shared::domain::{DAY, MINUTE, certificate_code::CertificateCode};

use crate::support::{Mailed, Prepared, TestStack, new_request, request_for};

const COUPON: &str = "984940947";
const CSR: &str = "/certificationRequest";

fn unknown_code() -> String {
    CertificateCode::from_secret(&[7; 32]).to_display()
}

#[tokio::test]
async fn the_response_does_not_reveal_which_credential_was_wrong() {
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
        answers.push(stack.client().check_pick_up(credentials).await.comparable());
        answers.push(stack.client().pick_up(credentials, &new_request()).await.comparable());
        assert_eq!(stack.database_calls.count() - before, 2 * 3, "the same work");
    }
    answers[0].problem(401, "pick-up-check-failed");
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
    stack.client().check_pick_up(&current).await.ok();
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
async fn expiry_of_a_code_is_reported_only_with_the_right_password() {
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
async fn password_guesses_for_a_code_are_throttled() {
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
async fn guesses_across_codes_are_throttled_by_client_address() {
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
