//! Tests of pick-ups that are refused after an expiry or after many guesses. The other pick-up tests are in
//! [`journeys`](crate::journeys).

use hyper::{StatusCode, header};
use rcgen::{KeyPair, PublicKeyData};
use shared::domain::{DAY, MINUTE, certificate_code::CertificateCode, throttle::Bucket};
use tokio::task::JoinSet;

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
async fn the_keys_of_the_service_are_refused() {
    let stack = TestStack::start().await;
    let Mailed { credentials, .. } = stack.mailed("taro", COUPON).await;
    for name in ["ca-key.p8", "statement-key.p8"] {
        let key = KeyPair::try_from(std::fs::read(stack.folder().join(name)).unwrap()).unwrap();
        let answer = stack.client().pick_up(&credentials, &request_for(&key)).await;
        answer.invalid_fields(&[&format!("{CSR} keyCompromised")]);
    }
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
async fn password_guesses_block_the_code_and_another_code_works() {
    let stack = TestStack::start().await;
    let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
    let guess = credentials.with_password("guess");
    for _ in 1..Bucket::CAPACITY {
        stack.client().check_pick_up(&guess).await.problem(401, "pick-up-check-failed");
    }
    stack.client().check_pick_up(&credentials).await.ok();
    stack.client().check_pick_up(&guess).await.problem(401, "pick-up-check-failed");
    let before = stack.database_calls.count();
    let blocked = stack.client().pick_up(&credentials, &new_request()).await;
    blocked.problem(429, "code-blocked");
    assert_eq!(blocked.header(header::RETRY_AFTER), None);
    stack.client().check_pick_up(&guess).await.problem(429, "code-blocked");
    assert_eq!(stack.database_calls.count() - before, 2, "no password is checked");

    stack.clock.advance(5 * MINUTE);
    stack.identified("taro").await.resend(&receipt).await.ok();
    stack.settle().await;
    let current = stack.latest_code("taro").await;
    stack.client().pick_up(&current, &new_request()).await.ok();
}

#[tokio::test]
async fn an_unknown_code_is_blocked_like_a_known_code() {
    let stack = TestStack::start().await;
    let Mailed { credentials, .. } = stack.mailed("taro", COUPON).await;
    let (guess, unknown) = (credentials.with_password("guess"), credentials.with_code(&unknown_code()));
    for _ in 0..Bucket::CAPACITY {
        let [known, unknown] =
            [stack.client().check_pick_up(&guess).await, stack.client().check_pick_up(&unknown).await];
        assert_eq!(known.comparable(), unknown.comparable());
    }
    let blocked = stack.client().check_pick_up(&guess).await;
    blocked.problem(429, "code-blocked");
    assert_eq!(blocked.comparable(), stack.client().check_pick_up(&unknown).await.comparable());
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_passwords_for_a_code_cannot_exceed_the_limit() {
    let stack = TestStack::start().await;
    let Mailed { credentials, .. } = stack.mailed("taro", COUPON).await;
    let mut attempts = JoinSet::new();
    for _ in 0..30 {
        let (client, guess) = (stack.client(), credentials.with_password("guess"));
        attempts.spawn(async move { client.check_pick_up(&guess).await.status });
    }
    let answers = attempts.join_all().await;
    let count = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!(count(StatusCode::UNAUTHORIZED), Bucket::CAPACITY as usize);
    assert_eq!(count(StatusCode::TOO_MANY_REQUESTS), 30 - Bucket::CAPACITY as usize);
}
