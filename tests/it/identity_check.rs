//! Tests of step 1. Tests that guesses are throttled, that no client can lock a subscriber out, and that no stored
//! value is a valid credential. The other tests of this step are in [`journeys`](crate::journeys).

use std::fs;

use hyper::{StatusCode, header};
use shared::domain::{
    DAY, HOUR,
    certificate_code::CertificateCode,
    throttle::{Bucket, SignInRequest},
};
use tokio::task::JoinSet;

use crate::support::{Answer, Client, TestStack, sign_in_code_in};

const ADDRESS: &str = "taro@example.co.jp";
const CAPACITY: usize = Bucket::CAPACITY as usize;

fn other_code() -> String {
    CertificateCode::from_secret(&[7; 32]).to_display()
}

/// Sends a wrong password for taro.
async fn fail(stack: &TestStack) -> Answer {
    let code = &stack.account("taro").certificate_code;
    stack.client().identify_as(ADDRESS, "wrong", code).await
}

/// Makes the maximum number of wrong attempts before the service starts to withhold results.
async fn fill_bucket(stack: &TestStack) {
    for _ in 0..CAPACITY {
        fail(stack).await.problem(401, "identity-check-failed");
    }
}

fn withheld(answer: &Answer) {
    answer.problem(403, "confirmation-by-email");
}

/// Returns the sign-in codes that were emailed to taro, oldest first.
async fn emailed_codes(stack: &TestStack) -> Vec<String> {
    stack.settle().await;
    let mails = stack.client().mails().await;
    let with_code = mails.iter().filter(|mail| mail["subject"].as_str().unwrap().contains("確認コード"));
    with_code
        .map(|mail| {
            assert_eq!(mail["to"], ADDRESS);
            assert_eq!(sign_in_code_in(&mail["html"]), sign_in_code_in(&mail["text"]));
            sign_in_code_in(&mail["text"])
        })
        .collect()
}

/// Corresponds to attack H2 in the list of attacks.
#[tokio::test]
async fn a_client_without_the_code_cannot_delay_a_subscriber() {
    let stack = TestStack::start().await;
    for number in 0..40_u8 {
        let guess = CertificateCode::from_secret(&[number; 32]).to_display();
        // These guesses come from another address, from the subscriber's address, and with a repeated code.
        for client in [stack.client().at_address(2), stack.client()] {
            client.clone().identify_as(ADDRESS, "guess", &guess).await.problem(401, "identity-check-failed");
        }
        stack.client().at_address(3).identify_as(ADDRESS, "guess", &other_code()).await;
    }
    stack.client().identify(stack.account("taro")).await.ok();
    assert_eq!(emailed_codes(&stack).await, [""; 0]);
}

#[tokio::test]
async fn the_subscriber_signs_in_by_email_during_an_attack() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    fill_bucket(&stack).await;
    let refused = stack.client().identify(account).await;
    withheld(&refused);
    assert_eq!(refused.header(header::SET_COOKIE), None);
    let [code] = &emailed_codes(&stack).await[..] else { panic!("one email is sent") };

    withheld(&fail(&stack).await);
    let mut client = stack.client();
    client.identify_with_code(account, &code.to_lowercase().replace('-', " ")).await.ok();
    client.get("/api/certificates").await.ok();
    withheld(&stack.client().identify_with_code(account, code).await);
    withheld(&stack.client().identify(account).await);
}

#[tokio::test]
async fn a_withheld_answer_is_the_same_for_right_wrong_and_unknown_credentials() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    let unknown = async || stack.client().identify_as("nobody@example.com", "x", &other_code()).await;
    fill_bucket(&stack).await;
    for _ in 0..CAPACITY {
        unknown().await.problem(401, "identity-check-failed");
    }
    let right = stack.client().identify(account).await.comparable();
    stack.settle().await;
    withheld(&right);
    let answers = [
        fail(&stack).await,
        unknown().await,
        stack.client().identify(account).await,
        stack.client().identify_with_code(account, "0123-4567").await,
    ];
    for answer in answers {
        assert_eq!(answer.comparable(), right);
    }
    let malformed = stack.client().identify_with_code(account, "0123").await;
    malformed.invalid_fields(&["/signInCode notASignInCode"]);
}

#[tokio::test]
async fn every_attempt_makes_two_calls_and_computes_one_hash() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    let calls = async |attempt: &mut dyn FnMut()
        -> std::pin::Pin<Box<dyn Future<Output = Answer> + Send>>| {
        let before = stack.database_calls.count();
        attempt().await;
        stack.database_calls.count() - before
    };
    let attempt = |password: &str, code: Option<&str>| {
        let (mut client, mut account) = (stack.client(), account.clone());
        account.application_password = password.to_owned();
        let code = code.map(str::to_owned);
        Box::pin(async move {
            match code {
                Some(code) => client.identify_with_code(&account, &code).await,
                None => client.identify(&account).await,
            }
        })
    };
    let password = account.application_password.as_str();
    for password in ["wrong", password] {
        assert_eq!(calls(&mut || attempt(password, None)).await, 2, "shown");
    }
    for _ in 1..CAPACITY {
        fail(&stack).await.problem(401, "identity-check-failed");
    }
    assert_eq!(calls(&mut || attempt("wrong", None)).await, 2, "withheld");
    assert_eq!(calls(&mut || attempt(password, None)).await, 2, "an email is sent");
    assert_eq!(calls(&mut || attempt(password, None)).await, 2, "no second email is sent");
    let code = emailed_codes(&stack).await.pop().unwrap();
    assert_eq!(calls(&mut || attempt(password, Some("0123-4567"))).await, 2, "a wrong code");
    assert_eq!(calls(&mut || attempt(password, Some(&code))).await, 2, "a session starts");
}

#[tokio::test]
async fn a_sign_in_code_expires_and_survives_four_wrong_codes() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    fill_bucket(&stack).await;
    let enter = async |code: &str| stack.client().identify_with_code(account, code).await;
    withheld(&stack.client().identify(account).await);
    let first = emailed_codes(&stack).await.pop().unwrap();
    for _ in 0..SignInRequest::MAX_WRONG_CODES {
        withheld(&enter("0123-4567").await);
    }
    withheld(&enter(&first).await);
    stack.clock.advance(SignInRequest::INTERVAL);
    withheld(&stack.client().identify(account).await);
    let second = emailed_codes(&stack).await.pop().unwrap();
    for _ in 1..SignInRequest::MAX_WRONG_CODES {
        withheld(&enter(&first).await);
    }
    stack.clock.advance(SignInRequest::LIFETIME);
    withheld(&enter(&second).await);
    let third = emailed_codes(&stack).await.pop().unwrap();
    assert_ne!(second, third);
    enter(&third).await.ok();
}

#[tokio::test]
async fn a_late_email_with_an_expired_code_is_not_sent() {
    let stack = TestStack::start().await;
    fill_bucket(&stack).await;
    withheld(&stack.client().identify(stack.account("taro")).await);
    stack.clock.advance(SignInRequest::LIFETIME);
    assert_eq!(emailed_codes(&stack).await, [""; 0]);
}

#[tokio::test]
async fn the_email_is_in_the_language_of_the_request() {
    let stack = TestStack::start().await;
    fill_bucket(&stack).await;
    withheld(&stack.client().in_english().identify(stack.account("taro")).await);
    stack.settle().await;
    let mails = stack.client().mails().await;
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert!(mail["subject"].as_str().unwrap().ends_with("Your sign-in code"), "{mail}");
}

#[tokio::test]
async fn a_success_does_not_give_the_attacker_new_guesses() {
    let stack = TestStack::start().await;
    for _ in 1..CAPACITY {
        fail(&stack).await.problem(401, "identity-check-failed");
    }
    stack.client().identify(stack.account("taro")).await.ok();
    fail(&stack).await.problem(401, "identity-check-failed");
    withheld(&fail(&stack).await);
    stack.clock.advance(Bucket::DECAY);
    fail(&stack).await.problem(401, "identity-check-failed");
    withheld(&fail(&stack).await);
}

/// A test in `domain::throttle` simulates a whole month. This test simulates a few days with the real store.
#[tokio::test(flavor = "multi_thread")]
async fn an_attacker_with_the_code_does_not_keep_the_subscriber_out() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    let mut seen = 0;
    for step in 0..12 {
        let guesses = if step == 0 { 2 * CAPACITY } else { 3 };
        seen += guess_at_once(&stack, guesses, None).await.1;
        if step % 3 == 0 {
            withheld(&stack.client().identify(account).await);
            let code = emailed_codes(&stack).await.pop().unwrap();
            stack.client().identify_with_code(account, &code).await.ok();
        }
        stack.clock.advance(8 * HOUR);
    }
    assert_eq!(seen, CAPACITY + 11);
}

/// Corresponds to attack H10 in the list of attacks.
#[tokio::test]
async fn a_clock_that_goes_back_does_not_keep_a_subscriber_out() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    fail(&stack).await.problem(401, "identity-check-failed");
    stack.clock.advance(-DAY);
    stack.client().identify(account).await.ok();
    for _ in 0..CAPACITY {
        fail(&stack).await;
    }
    withheld(&stack.client().identify(account).await);
    stack.clock.advance(-DAY);
    withheld(&stack.client().identify(account).await);
    let code = emailed_codes(&stack).await.pop().unwrap();
    stack.client().identify_with_code(account, &code).await.ok();
    stack.clock.advance(Bucket::DECAY);
    fail(&stack).await.problem(401, "identity-check-failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_guesses_cannot_exceed_the_limit() {
    let stack = TestStack::start().await;
    let (opened, failed) = guess_at_once(&stack, 30, Some(15)).await;
    assert!(opened <= 1, "{opened} opened");
    assert_eq!(failed, CAPACITY);
    withheld(&fail(&stack).await);
}

/// Concurrently sends `guesses` passwords, of which only the one at position `right` is correct. Returns the number of
/// sessions, and the number of refusals that report wrong credentials.
async fn guess_at_once(stack: &TestStack, guesses: usize, right: Option<usize>) -> (usize, usize) {
    let account = stack.account("taro");
    let mut attempts = JoinSet::new();
    for number in 0..guesses {
        let (mut client, account): (Client, _) = (stack.client(), account.clone());
        let is_right = right == Some(number);
        attempts.spawn(async move {
            let password = if is_right { &account.application_password } else { "wrong" };
            client.identify_as(&account.email_address, password, &account.certificate_code).await
        });
    }
    let answers = attempts.join_all().await;
    let count = |status: StatusCode| answers.iter().filter(|answer| answer.status == status).count();
    let (opened, failed) = (count(StatusCode::CREATED), count(StatusCode::UNAUTHORIZED));
    assert_eq!(opened + failed + count(StatusCode::FORBIDDEN), guesses);
    (opened, failed)
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

/// An attacker could reverse a plain hash of an email address and a short code of an older system.
#[tokio::test]
async fn no_database_key_is_a_plain_hash_of_credentials() {
    let stack = TestStack::start().await;
    let account = stack.account("hanako");
    stack.client().identify_as(&account.email_address, "wrong", &account.certificate_code).await;
    let mut parts = Vec::new();
    for part in ["login", &account.email_address, &account.certificate_code] {
        parts.extend((part.len() as u64).to_be_bytes());
        parts.extend(part.as_bytes());
    }
    let hash = ring::digest::digest(&ring::digest::SHA256, &parts);
    assert_not_kept(&stack, data_encoding::HEXLOWER.encode(hash.as_ref()).as_bytes());
    assert!(is_kept(&stack, b"LOGIN#"), "this test looks in the right place");
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
