//! Tests of the time-dependent refusals in procedure.md. The tests of the other refusals are in
//! [`journeys`](crate::journeys).

use serde_json::json;
use shared::domain::{DAY, MINUTE};

use crate::support::{KEY, TestStack};

#[tokio::test]
async fn a_certificate_is_reissuable_until_30_days_before_its_expiry() {
    let stack = TestStack::start().await;
    let account = stack.account("ichiro");
    let mut client = stack.client();
    stack.clock.advance(DAY - 1);
    client.identify(account).await.ok();
    assert_eq!(client.get("/api/certificates").await.ok()["certificates"][0]["couponNumber"], "984940961");
    client.get("/api/certificates/984940961").await.ok();

    stack.clock.advance(1);
    client.assert_not_reissuable("984940961", "validityTooShort", "2026-12-23T00:00:00Z").await;
}

#[tokio::test]
async fn a_certificate_that_reaches_the_limit_before_submission_is_refused() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    stack.clock.advance(DAY - 5 * MINUTE);
    let version = client.walk_to_review(stack.account("ichiro"), "984940961").await;
    stack.clock.advance(5 * MINUTE);
    let problem = client.submit("984940961", version, KEY).await.problem(409, "certificate-not-reissuable");
    assert_eq!(problem["reason"], "validityTooShort");
    stack.settle().await;
    assert_eq!(client.mails().await, [json!(null); 0]);
}

#[tokio::test]
async fn an_expired_certificate_is_not_reissuable() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    client.identify(stack.account("mina")).await.ok();
    client.assert_not_reissuable("984940963", "expired", "2026-11-12T00:00:00Z").await;
}
