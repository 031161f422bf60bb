//! Tests of step 1. Guesses are throttled, no account is locked, and no stored value is a valid credential. The other
//! tests of step 1 are in [`journeys`](crate::journeys).

use std::fs;

use hyper::{StatusCode, header};
use shared::domain::{MINUTE, certificate_code::CertificateCode};
use tokio::task::JoinSet;

use crate::support::{Answer, Client, TestStack};

const ADDRESS: &str = "taro@example.co.jp";
/// The number of failures after which the client must wait. The sixth failure causes the first wait.
const FAILURES_AT_ONCE: usize = 6;

fn other_code() -> String {
    CertificateCode::from_secret(&[7; 32]).to_display()
}

/// Attempts the identity check as taro with a wrong password.
async fn fail(stack: &TestStack) -> Answer {
    let code = &stack.account("taro").certificate_code;
    stack.client().identify_as(ADDRESS, "wrong", code).await
}

async fn fail_times(stack: &TestStack, times: usize) {
    for _ in 0..times {
        fail(stack).await.problem(401, "identity-check-failed");
    }
}

#[track_caller]
fn retry_after(answer: &Answer) -> i64 {
    answer.problem(429, "too-many-attempts");
    answer.header(header::RETRY_AFTER).unwrap().parse().unwrap()
}

#[tokio::test]
async fn guesses_during_the_wait_are_refused_without_a_check() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    fail_times(&stack, FAILURES_AT_ONCE).await;
    let mut client = stack.client();
    for _ in 0..3 {
        assert_eq!(retry_after(&client.identify(account).await), 2, "right, but too early");
        assert_eq!(retry_after(&fail(&stack).await), 2, "wrong and too early: not counted");
    }
    stack.clock.advance(1);
    assert_eq!(retry_after(&client.identify(account).await), 1);
    stack.clock.advance(1);
    fail_times(&stack, 1).await;
    assert_eq!(retry_after(&fail(&stack).await), 4, "twice as long each time");
    stack.clock.advance(4);
    client.identify(account).await.ok();
}

#[tokio::test]
async fn an_unregistered_address_is_throttled_like_a_registered_one() {
    let stack = TestStack::start().await;
    let attempt = async || stack.client().identify_as("nobody@example.com", "x", &other_code()).await;
    for _ in 0..FAILURES_AT_ONCE {
        attempt().await.problem(401, "identity-check-failed");
    }
    assert_eq!(retry_after(&attempt().await), 2);
}

#[tokio::test]
async fn failures_by_others_cause_a_wait_of_at_most_15_minutes() {
    let stack = TestStack::start().await;
    let mut longest = 0;
    for _ in 0..40 {
        let answer = fail(&stack).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            longest = longest.max(retry_after(&answer));
            stack.clock.advance(retry_after(&answer));
        }
    }
    assert_eq!(longest, 15 * MINUTE);
    stack.clock.advance(15 * MINUTE);
    stack.client().identify(stack.account("taro")).await.ok();
}

#[tokio::test]
async fn failures_expire_over_time() {
    let stack = TestStack::start().await;
    fail_times(&stack, FAILURES_AT_ONCE).await;
    stack.clock.advance(10 * MINUTE);
    fail_times(&stack, 1).await;
    assert_eq!(retry_after(&fail(&stack).await), 2, "one is forgotten in ten minutes");
    stack.clock.advance(60 * MINUTE);
    fail_times(&stack, FAILURES_AT_ONCE).await;
    assert_eq!(retry_after(&fail(&stack).await), 2, "all are forgotten in an hour");
}

#[tokio::test]
async fn a_success_resets_the_failures_of_the_account() {
    let stack = TestStack::start().await;
    for _ in 0..2 {
        fail_times(&stack, FAILURES_AT_ONCE - 1).await;
        stack.client().identify(stack.account("taro")).await.ok();
    }
}

#[tokio::test]
async fn guesses_across_accounts_throttle_only_their_client_address() {
    let stack = TestStack::start().await;
    let attempt = async |client: &Client, number: usize| {
        let address = format!("user{number}@example.com");
        client.clone().identify_as(&address, "guess", &other_code()).await
    };
    let guesser = stack.client().at_address(2);
    for number in 0..21 {
        attempt(&guesser, number).await.problem(401, "identity-check-failed");
    }
    assert_eq!(retry_after(&attempt(&guesser, 21).await), 2);
    let account = stack.account("taro");
    assert_eq!(retry_after(&guesser.clone().identify(account).await), 2);
    stack.client().at_address(3).identify(account).await.ok();
    stack.clock.advance(2);
    guesser.clone().identify(account).await.ok();
    attempt(&guesser, 22).await.problem(401, "identity-check-failed");
    assert_eq!(
        retry_after(&attempt(&guesser, 23).await),
        4,
        "a success does not forget the address's failures"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_guesses_cannot_exceed_the_limit() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    let mut attempts = JoinSet::new();
    for number in 0..20 {
        let (mut client, account) = (stack.client(), account.clone());
        attempts.spawn(async move {
            let password = if number == 10 { &account.application_password } else { "wrong" };
            client.identify_as(&account.email_address, password, &account.certificate_code).await
        });
    }
    let answers = attempts.join_all().await;
    let count = |status: StatusCode| answers.iter().filter(|answer| answer.status == status).count();
    let (opened, failed) = (count(StatusCode::CREATED), count(StatusCode::UNAUTHORIZED));
    assert_eq!(opened + failed + count(StatusCode::TOO_MANY_REQUESTS), 20);
    assert!(opened <= 1 && failed <= FAILURES_AT_ONCE * (1 + opened), "{opened} opened, {failed} failed");
    assert!(failed >= 1, "somebody was checked");

    stack.clock.advance(15 * MINUTE);
    stack.client().identify(account).await.ok();
}

#[tokio::test]
async fn the_cookie_is_new_each_time_and_has_its_security_attributes() {
    let stack = TestStack::start().await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let mut client = stack.client();
        let answer = client.identify(stack.account("taro")).await;
        let cookie = answer.header(header::SET_COOKIE).unwrap();
        let (_, token) = client.cookie.as_ref().unwrap().split_once('=').unwrap();
        assert_eq!(cookie, client.set_cookie(token, 3600));
        tokens.push(token.to_owned());
        client.get("/api/certificates").await.ok();
    }
    assert_ne!(tokens[0], tokens[1]);
    let octets = tokens.iter().map(|token| data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).unwrap());
    for octets in octets {
        // The first half of the token is the enrollment's id, and the second half is the secret. The secret must not be
        // on disk in any form.
        let secret = &octets[16..];
        assert!(secret.len() >= 16, "128 bits at least");
        assert_not_kept(&stack, secret);
        assert_not_kept(&stack, data_encoding::HEXLOWER.encode(secret).as_bytes());
        assert_not_kept(&stack, &data_encoding::BASE64URL_NOPAD.encode(&octets).as_bytes()[22..]);
    }
}

#[tokio::test]
async fn passwords_and_codes_are_not_stored_in_plain_text() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    assert_not_kept(&stack, account.application_password.as_bytes());
    assert_not_kept(&stack, account.certificate_code.as_bytes());
    assert_not_kept(&stack, account.certificate_code.replace('-', "").as_bytes());
    assert!(is_kept(&stack, "984940947".as_bytes()), "this test looks in the right place");
}

fn assert_not_kept(stack: &TestStack, secret: &[u8]) {
    assert!(!is_kept(stack, secret));
}

/// Returns true if the database files contain these octets.
fn is_kept(stack: &TestStack, octets: &[u8]) -> bool {
    let files = fs::read_dir(stack.folder()).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("dynamodb.sqlite"))
        .any(|path| fs::read(path).unwrap().windows(octets.len()).any(|window| window == octets))
}
