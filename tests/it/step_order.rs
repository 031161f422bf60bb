//! Tests of the session duration. The order of the steps within a session is tested in [`journeys`](crate::journeys).

use serde_json::json;
use shared::domain::MINUTE;

use crate::support::{
    KEY, TestStack,
    walk::{DRAFT, ENTER, EXTEND, LIST, REVIEW, SELECT, Walk},
};

#[tokio::test]
async fn a_session_expires_after_15_idle_minutes_and_its_draft_remains() {
    let stack = TestStack::start().await;
    let mut walk = Walk::on(&stack);
    walk.reach_entry().await;
    walk.call(ENTER, DRAFT).await.ok();
    stack.clock.advance(15 * MINUTE - 1);
    walk.call(REVIEW, 2).await.ok();
    stack.clock.advance(1);
    walk.assert_all_need_an_identity_check("session-ended").await;

    walk.reach_entry().await;
    let kept = walk.client.get("/api/application").await.ok();
    assert_eq!((&kept["version"], &kept["fields"]["city"]), (&json!(2), &json!("千代田区")));
    walk.client.submit(walk.coupon, 2, KEY).await.ok();
}

#[tokio::test]
async fn a_session_can_be_extended_to_one_hour_at_most() {
    let stack = TestStack::start().await;
    let mut walk = Walk::on(&stack);
    let started = walk.identify().await;
    for expires_at in ["00:29:00Z", "00:43:00Z", "00:57:00Z", "01:00:00Z"] {
        stack.clock.advance(14 * MINUTE);
        let session = walk.call(EXTEND, DRAFT).await.ok()["session"].clone();
        assert_eq!(session["expiresAt"], format!("2026-11-22T{expires_at}"));
        assert_eq!(session["endsAt"], started["session"]["endsAt"]);
    }
    stack.clock.advance(4 * MINUTE - 1);
    walk.call(LIST, DRAFT).await.ok();
    stack.clock.advance(1);
    walk.assert_all_need_an_identity_check("session-ended").await;
}

#[tokio::test]
async fn a_step_extends_the_session() {
    let stack = TestStack::start().await;
    let mut walk = Walk::on(&stack);
    walk.identify().await;
    stack.clock.advance(14 * MINUTE);
    let session = walk.call(SELECT, DRAFT).await.ok()["session"].clone();
    assert_eq!(session["expiresAt"], "2026-11-22T00:29:00Z");
    stack.clock.advance(14 * MINUTE);
    walk.call(ENTER, DRAFT).await.ok();
    let page = walk.call(REVIEW, DRAFT).await.ok();
    assert_eq!(page["session"]["expiresAt"], "2026-11-22T00:43:00Z");
}
