//! Many at once: exactly one submission wins, and everybody learns what happened.

use serde_json::{Value, json};
use shared::domain::revocation::RevocationTiming;
use tokio::task::JoinSet;

use crate::support::{Answer, Client, Crl, KEY, TestStack, mails};

const COUPON: &str = "984940947";
const AT_ONCE: usize = 20;

/// Submits from each client at the same time, with its own key.
async fn submit_at_once(attempts: Vec<(Client, String)>, version: u64) -> Vec<Answer> {
    let mut running = JoinSet::new();
    for (client, key) in attempts {
        running.spawn(async move { client.submit(COUPON, version, &key).await });
    }
    running.join_all().await
}

/// Asserts that exactly one was accepted and that everybody else was told its receipt, and gives that.
fn the_one_accepted(answers: &[Answer]) -> Value {
    let accepted: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    let [accepted] = accepted[..] else { panic!("{} were accepted: {answers:?}", accepted.len()) };
    let receipt = accepted.ok();
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        let problem = answer.problem(409, "already-submitted");
        assert_eq!(problem["receiptNumber"], receipt["receiptNumber"]);
    }
    receipt
}

/// Asserts that there was one application: one mail, one revocation, one CRL.
async fn assert_one_application(stack: &TestStack, client: &Client, receipt: &Value) {
    stack.settle().await;
    assert_eq!(mails(client).await.len(), 1);
    let mut again = stack.client();
    again.identify(stack.account("taro")).await.ok();
    let list = again.get("/api/certificates").await.ok();
    assert_eq!(list["receipts"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["receipts"][0]["receiptNumber"], receipt["receiptNumber"]);
    let crl = Crl::fetch(client).await;
    assert_eq!(crl.number(), 1);
    assert!(crl.entry(receipt["serialNumber"].as_str().unwrap()).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_posts_with_one_key_are_one_application_with_one_receipt() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), COUPON).await;
    let attempts = vec![(client.clone(), KEY.to_owned()); AT_ONCE];
    let answers = submit_at_once(attempts, version).await;
    for answer in &answers {
        assert_eq!((answer.status.as_u16(), &answer.body), (201, &answers[0].body));
    }
    assert_one_application(&stack, &client, &answers[0].ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_posts_with_different_keys_one_wins() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), COUPON).await;
    let attempts = (0..AT_ONCE).map(|number| (client.clone(), format!("{KEY}-{number}"))).collect();
    let receipt = the_one_accepted(&submit_at_once(attempts, version).await);
    assert_one_application(&stack, &client, &receipt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_posts_one_wins_too_when_the_revocation_waits_for_the_pick_up() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), COUPON).await;
    let attempts = (0..AT_ONCE).map(|number| (client.clone(), format!("{KEY}-{number}"))).collect();
    the_one_accepted(&submit_at_once(attempts, version).await);
    stack.settle().await;
    assert_eq!(mails(&client).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_posts_from_two_sessions_one_wins() {
    let stack = TestStack::start().await;
    let (mut one, mut other) = (stack.client(), stack.client());
    one.walk_to_review(stack.account("taro"), COUPON).await;
    let version = other.walk_to_review(stack.account("taro"), COUPON).await;
    let attempts = (0..AT_ONCE).map(|number| {
        let client = if number % 2 == 0 { &one } else { &other };
        (client.clone(), format!("{KEY}-{number}"))
    });
    let receipt = the_one_accepted(&submit_at_once(attempts.collect(), version).await);
    for client in [&one, &other] {
        let read = client.receipt(&receipt["receiptNumber"]).await.ok();
        assert_eq!(read, receipt, "both sessions may see it");
    }
    assert_one_application(&stack, &one, &receipt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_certificates_under_one_code_do_not_hinder_each_other() {
    let stack = TestStack::start().await;
    let account = stack.account("hanako");
    let mut running = JoinSet::new();
    for coupon_number in account.coupon_numbers.clone() {
        let (mut client, account) = (stack.client(), account.clone());
        running.spawn(async move {
            let version = client.walk_to_review(&account, &coupon_number).await;
            client.submit(&coupon_number, version, &format!("{KEY}-{coupon_number}")).await.ok()
        });
    }
    let receipts = running.join_all().await;
    assert_eq!(receipts.len(), 2);
    assert_ne!(receipts[0]["receiptNumber"], receipts[1]["receiptNumber"]);
    stack.settle().await;
    assert_eq!(mails(&stack.client()).await.len(), 2);
}

#[tokio::test]
async fn the_same_key_again_gives_the_same_receipt() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), COUPON).await;
    let first = client.submit(COUPON, version, KEY).await;
    first.ok();
    let second = client.submit(COUPON, version, KEY).await;
    assert_eq!((second.status, &second.body), (first.status, &first.body));

    stack.settle().await;
    let later = client.submit(COUPON, version, KEY).await.ok();
    assert_eq!(later, client.receipt(&first.ok()["receiptNumber"]).await.ok());
    assert_one_application(&stack, &client, &later).await;
}

#[tokio::test]
async fn a_key_cannot_be_used_for_something_else() {
    let stack = TestStack::start().await;
    let account = stack.account("hanako");
    let mut client = stack.client();
    let version = client.walk_to_review(account, "984940950").await;
    client.submit("984940950", version, KEY).await.ok();
    client.submit("984940950", version + 1, KEY).await.problem(422, "idempotency-key-reused");

    let version = client.walk_to_review(account, "984940951").await;
    client.submit("984940951", version, KEY).await.problem(422, "idempotency-key-reused");
    client.submit("984940951", version, "another-key-0123").await.ok();
    stack.settle().await;
    assert_eq!(mails(&client).await.len(), 2);
}

#[tokio::test]
async fn a_refused_submission_does_not_use_up_its_key() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), COUPON).await;
    client.submit(COUPON, version + 1, KEY).await.problem(409, "application-changed");
    client.submit(COUPON, version, KEY).await.ok();
}

#[tokio::test]
async fn what_was_changed_in_another_window_is_not_overwritten_or_submitted_unseen() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), COUPON).await;
    let mut shown_before = client.prefilled().await;

    let mut other_window = client.prefilled().await;
    other_window["fields"]["city"] = json!("千代田区");
    client.enter(&other_window).await.ok();

    shown_before["fields"]["street"] = json!("1-1");
    client.enter(&shown_before).await.problem(409, "application-changed");
    client.submit(COUPON, version, KEY).await.problem(409, "application-changed");
    let fields = client.get("/api/application").await.ok()["fields"].clone();
    assert_eq!((&fields["city"], &fields["street"]), (&json!("千代田区"), &json!("八重洲2-8-1")));
    client.submit(COUPON, version + 1, KEY).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_saves_of_one_version_one_is_written() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    client.walk_to_entry(stack.account("taro"), COUPON).await;
    let prefilled = client.prefilled().await;
    let mut running = JoinSet::new();
    for number in 0..AT_ONCE {
        let (client, mut input) = (client.clone(), prefilled.clone());
        input["fields"]["street"] = json!(format!("{number}丁目"));
        running.spawn(async move { client.enter(&input).await });
    }
    let answers = running.join_all().await;
    let saved: Vec<_> = answers.iter().filter(|answer| answer.status == 200).map(Answer::ok).collect();
    let [saved] = &saved[..] else { panic!("{} were written", saved.len()) };
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.problem(409, "application-changed");
    }
    let page = client.get("/api/application").await.ok();
    assert_eq!((&page["version"], &page["fields"]), (&json!(2), &saved["fields"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_choices_at_once_make_one_draft() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    client.identify(stack.account("taro")).await.ok();
    let mut running = JoinSet::new();
    for _ in 0..AT_ONCE {
        let client = client.clone();
        running.spawn(async move { client.select(COUPON).await });
    }
    for answer in running.join_all().await {
        answer.ok();
    }
    assert_eq!(client.prefilled().await["version"], 1);
}
