//! Tests that request another certificate code on the receipt page.

use serde_json::{Value, json};
use shared::domain::{DAY, HOUR, MINUTE};
use tokio::task::JoinSet;

use crate::support::{Fault, Mailed, TestStack, new_request};

const COUPON: &str = "984940947";

#[tokio::test]
async fn a_new_code_replaces_the_previous_one() {
    let stack = TestStack::start().await;
    let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
    stack.clock.advance(5 * MINUTE);
    let answer = stack.identified("taro").await.resend(&receipt).await;
    assert_eq!(answer.status, 202);
    let resend = json!({
        "possible": false,
        "reason": "tooSoon",
        "notBefore": "2026-11-22T00:10:00Z",
        "remaining": 4,
    });
    assert_eq!(answer.ok()["resend"], resend);
    stack.client().check_pick_up(&credentials).await.ok();

    stack.clock.advance(MINUTE);
    stack.settle().await;
    let current = stack.latest_code("taro").await;
    assert_ne!(current.code, credentials.code);
    stack.client().check_pick_up(&credentials).await.problem(401, "pick-up-check-failed");
    let read = stack.receipt_of("taro", &receipt).await;
    assert_eq!(read["mail"]["codeExpiresAt"], "2026-11-23T00:06:00Z");
    let sent: Vec<_> = events(&read, "codeSent");
    assert_eq!(sent, ["2026-11-22T00:00:00Z", "2026-11-22T00:06:00Z"]);
    stack.client().pick_up(&current, &new_request()).await.ok();
}

/// Returns the times of all occurrences of `event` in the receipt's timeline.
fn events(receipt: &Value, event: &str) -> Vec<String> {
    let events = receipt["timeline"].as_array().unwrap().iter().filter(|entry| entry["event"] == event);
    events.map(|entry| entry["at"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn at_most_five_codes_are_sent_five_minutes_apart() {
    let stack = TestStack::start().await;
    let Mailed { receipt, .. } = stack.mailed("taro", COUPON).await;
    let too_soon = stack.identified("taro").await.resend(&receipt).await.problem(409, "resend-not-possible");
    assert_eq!(
        (&too_soon["reason"], &too_soon["retryAt"]),
        (&json!("tooSoon"), &json!("2026-11-22T00:05:00Z"))
    );
    for asked in 1..=5 {
        stack.clock.advance(5 * MINUTE);
        let client = stack.identified("taro").await;
        assert_eq!(client.resend(&receipt).await.ok()["resend"]["remaining"], 5 - asked);
        let refused = client.resend(&receipt).await.problem(409, "resend-not-possible");
        assert_eq!(refused["reason"], if asked == 5 { "limitReached" } else { "tooSoon" });
        stack.settle().await;
    }
    stack.clock.advance(DAY);
    let client = stack.identified("taro").await;
    let refused = client.resend(&receipt).await.problem(409, "resend-not-possible");
    assert_eq!((&refused["reason"], &refused["retryAt"]), (&json!("limitReached"), &json!(null)));
    assert_eq!(client.mails().await.len(), 6);
}

#[tokio::test]
async fn codes_cannot_be_requested_after_the_pick_up() {
    let stack = TestStack::start().await;
    let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
    stack.clock.advance(HOUR);
    stack.identified("taro").await.resend(&receipt).await.ok();
    stack.client().pick_up(&credentials, &new_request()).await.ok();
    stack.settle().await;
    let client = stack.identified("taro").await;
    assert_eq!(client.mails().await.len(), 1, "the code that was asked for is needless");
    stack.clock.advance(5 * MINUTE);
    let refused = client.resend(&receipt).await.problem(409, "resend-not-possible");
    assert_eq!(refused["reason"], "pickedUp");
}

#[tokio::test]
async fn the_receipt_of_another_subscriber_is_not_found() {
    let stack = TestStack::start().await;
    let Mailed { receipt, .. } = stack.mailed("taro", COUPON).await;
    stack.clock.advance(5 * MINUTE);
    stack.identified("hanako").await.resend(&receipt).await.problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_of_ten_concurrent_requests_sends_a_code() {
    let stack = TestStack::start().await;
    let Mailed { receipt, .. } = stack.mailed("taro", COUPON).await;
    stack.clock.advance(5 * MINUTE);
    let client = stack.identified("taro").await;
    let mut running = JoinSet::new();
    for _ in 0..10 {
        let (client, receipt) = (client.clone(), receipt.clone());
        running.spawn(async move { client.resend(&receipt).await });
    }
    let answers = running.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 202).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 202) {
        assert!(matches!(answer.status.as_u16(), 409 | 503), "{answer:?}");
    }
    stack.settle().await;
    assert_eq!(client.mails().await.len(), 2);
}

#[tokio::test]
async fn an_unsent_code_is_not_sent_after_a_later_one() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let receipt = client.reissue(stack.account("taro"), COUPON).await;
    stack.faults.mailer.next(1, Fault::Fails);
    stack.settle().await;
    stack.clock.advance(5 * MINUTE);
    client.resend(&receipt).await.ok();
    stack.settle().await;
    stack.settle().await;
    let current = stack.latest_code("taro").await;
    client.check_pick_up(&current).await.ok();
}
