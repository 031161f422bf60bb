//! Tests of the behaviour that subscribers observe while a dependency of the stack is unavailable. On a deployed stack,
//! tests/deployed/prove.py disables the dependency. The tests in [journeys](crate::journeys) require that all
//! dependencies are available.

use hyper::header;
use serde_json::json;

use crate::support::{AnyStack, KEY};

#[tokio::test]
async fn a_submission_is_atomic_while_statements_cannot_be_signed() {
    let stack = AnyStack::without_statements().await;
    let mut client = stack.client();
    let coupon = stack.coupon("taro");
    let version = client.walk_to_review(stack.account("taro"), coupon).await;
    let before = client.get("/api/certificates").await.ok();

    for _ in 0..2 {
        let answer = client.submit(coupon, version, KEY).await;
        answer.problem(503, "temporarily-unavailable");
        assert_eq!(answer.header(header::RETRY_AFTER), Some("5"));
    }

    let mut after = client.get("/api/certificates").await.ok();
    assert_eq!((&after["certificates"][0]["couponNumber"], &after["receipts"]), (&json!(coupon), &json!([])));
    after["session"] = before["session"].clone();
    assert_eq!(after, before);
    assert_eq!(client.get("/api/application/review").await.ok()["version"], version);
    stack.settle().await;
    assert_eq!(client.mails().await.len(), 0);
}
