//! What subscribers see while something is not to be had, on an embedded stack or on a deployed one, from which whoever
//! deployed it has taken it (tests/deployed/prove.py). The [journeys](crate::journeys) are for stacks in good order.

use hyper::header;
use serde_json::json;

use crate::support::{AnyStack, KEY};

#[tokio::test]
async fn nothing_is_half_done_while_statements_cannot_be_signed() {
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
