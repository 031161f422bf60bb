//! Tests of concurrent requests. Exactly one submission succeeds, and every client receives the result of this
//! submission.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Answer, AnyStack, Client, Crl, KEY, submit_at_once, the_one_accepted};

const AT_ONCE: usize = 20;

/// Asserts that there is exactly one application, with one email, one receipt and one revocation.
async fn assert_one_application(stack: &AnyStack, client: &Client, receipt: &Value) {
    stack.settle().await;
    assert_eq!(client.mails().await.len(), 1);
    let mut again = stack.client();
    again.identify(stack.account("taro")).await.ok();
    let list = again.get("/api/certificates").await.ok();
    assert_eq!(list["receipts"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["receipts"][0]["receiptNumber"], receipt["receiptNumber"]);
    let crl = Crl::fetch(client).await;
    assert!(crl.entry(receipt["serialNumber"].as_str().unwrap()).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_posts_with_one_key_create_one_application() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), stack.coupon("taro")).await;
    let attempts = vec![(client.clone(), KEY.to_owned()); AT_ONCE];
    let answers = submit_at_once(attempts, stack.coupon("taro"), version).await;
    let receipt = answers[0].ok();
    for answer in &answers {
        assert_eq!((answer.status.as_u16(), &answer.ok()["receiptNumber"]), (201, &receipt["receiptNumber"]));
    }
    assert_one_application(&stack, &client, &receipt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_of_twenty_posts_with_different_keys_succeeds() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), stack.coupon("taro")).await;
    let attempts = (0..AT_ONCE).map(|number| (client.clone(), format!("{KEY}-{number}")));
    let receipt = the_one_accepted(&submit_at_once(attempts, stack.coupon("taro"), version).await);
    assert_one_application(&stack, &client, &receipt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_of_twenty_posts_from_two_sessions_succeeds() {
    let stack = AnyStack::start().await;
    let (mut one, mut other) = (stack.client(), stack.client());
    one.walk_to_review(stack.account("taro"), stack.coupon("taro")).await;
    let version = other.walk_to_review(stack.account("taro"), stack.coupon("taro")).await;
    let attempts = (0..AT_ONCE).map(|number| {
        let client = if number % 2 == 0 { &one } else { &other };
        (client.clone(), format!("{KEY}-{number}"))
    });
    let receipt = the_one_accepted(&submit_at_once(attempts, stack.coupon("taro"), version).await);
    for client in [&one, &other] {
        let read = client.receipt(&receipt["receiptNumber"]).await.ok();
        assert_eq!(read["acceptedAt"], receipt["acceptedAt"], "both sessions may see it");
    }
    assert_one_application(&stack, &one, &receipt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_certificates_with_one_code_can_be_reissued_concurrently() {
    let stack = AnyStack::start().await;
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
    assert_eq!(stack.client().mails().await.len(), 2);
}

#[tokio::test]
async fn a_repeated_key_returns_the_same_receipt() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), stack.coupon("taro")).await;
    let first = client.submit(stack.coupon("taro"), version, KEY).await;
    let second = client.submit(stack.coupon("taro"), version, KEY).await;
    assert_eq!(second.status, first.status);
    assert_eq!(second.ok()["receiptNumber"], first.ok()["receiptNumber"]);

    stack.settle().await;
    let later = client.submit(stack.coupon("taro"), version, KEY).await.ok();
    assert_eq!(later, client.receipt(&first.ok()["receiptNumber"]).await.ok());
    assert_one_application(&stack, &client, &later).await;
}

#[tokio::test]
async fn a_key_cannot_be_reused_for_another_submission() {
    let stack = AnyStack::start().await;
    let account = stack.account("hanako");
    let [one, other] = &account.coupon_numbers[..] else { panic!("hanako has two certificates") };
    let mut client = stack.client();
    let version = client.walk_to_review(account, one).await;
    client.submit(one, version, KEY).await.ok();
    client.submit(one, version + 1, KEY).await.problem(422, "idempotency-key-reused");

    let version = client.walk_to_review(account, other).await;
    client.submit(other, version, KEY).await.problem(422, "idempotency-key-reused");
    client.submit(other, version, "another-key-0123").await.ok();
    stack.settle().await;
    assert_eq!(client.mails().await.len(), 2);
}

#[tokio::test]
async fn a_refused_submission_does_not_consume_its_key() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), stack.coupon("taro")).await;
    client.submit(stack.coupon("taro"), version + 1, KEY).await.problem(409, "application-changed");
    client.submit(stack.coupon("taro"), version, KEY).await.ok();
}

#[tokio::test]
async fn a_change_in_another_window_is_not_overwritten_or_submitted() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), stack.coupon("taro")).await;
    let mut shown_before = client.prefilled().await;

    let mut other_window = client.prefilled().await;
    other_window["fields"]["city"] = json!("千代田区");
    client.enter(&other_window).await.ok();

    shown_before["fields"]["street"] = json!("1-1");
    client.enter(&shown_before).await.problem(409, "application-changed");
    client.submit(stack.coupon("taro"), version, KEY).await.problem(409, "application-changed");
    let fields = client.get("/api/application").await.ok()["fields"].clone();
    assert_eq!((&fields["city"], &fields["street"]), (&json!("千代田区"), &json!("八重洲2-8-1")));
    client.submit(stack.coupon("taro"), version + 1, KEY).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_of_twenty_saves_of_one_version_succeeds() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    client.walk_to_entry(stack.account("taro"), stack.coupon("taro")).await;
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
async fn twenty_concurrent_selections_create_one_draft() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    client.identify(stack.account("taro")).await.ok();
    let mut running = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (client, coupon_number) = (client.clone(), stack.coupon("taro").to_owned());
        running.spawn(async move { client.select(&coupon_number).await });
    }
    for answer in running.join_all().await {
        answer.ok();
    }
    assert_eq!(client.prefilled().await["version"], 1);
}
