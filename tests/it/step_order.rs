//! Tests of the session duration. The order of the steps within a session is tested in [`journeys`](crate::journeys).

use serde_json::json;
use shared::domain::{
    MINUTE, Timestamp,
    session::{ABSOLUTE_LIMIT, IDLE_LIMIT},
};

use crate::support::{
    KEY, START, TestStack, timestamp,
    walk::{DRAFT, ENTER, EXTEND, LIST, REVIEW, SELECT, Walk},
};

/// Returns the time at which a stack starts.
fn start() -> Timestamp {
    Timestamp::try_from(START).unwrap()
}

#[tokio::test]
async fn a_session_expires_at_the_idle_limit_and_its_draft_remains() {
    let stack = TestStack::start().await;
    let mut walk = Walk::on(&stack);
    walk.reach_entry().await;
    walk.call(ENTER, DRAFT).await.ok();
    stack.clock.advance(IDLE_LIMIT - 1);
    walk.call(REVIEW, 2).await.ok();
    stack.clock.advance(1);
    walk.assert_all_need_an_identity_check("session-ended").await;

    walk.reach_entry().await;
    let kept = walk.client.get("/api/application").await.ok();
    assert_eq!((&kept["version"], &kept["fields"]["city"]), (&json!(2), &json!("千代田区")));
    walk.client.submit(walk.coupon, 2, KEY).await.ok();
}

#[tokio::test]
async fn a_session_can_be_extended_to_its_absolute_limit_at_most() {
    let stack = TestStack::start().await;
    let mut walk = Walk::on(&stack);
    let started = walk.identify().await;
    let ends_at = timestamp(&started["session"]["endsAt"]);
    let mut now = start();
    assert_eq!(ends_at, now.plus(ABSOLUTE_LIMIT));
    while now.plus(IDLE_LIMIT) < ends_at {
        now = now.plus(IDLE_LIMIT - MINUTE);
        stack.clock.advance(IDLE_LIMIT - MINUTE);
        let session = walk.call(EXTEND, DRAFT).await.ok()["session"].clone();
        assert_eq!(timestamp(&session["expiresAt"]), now.plus(IDLE_LIMIT).min(ends_at));
        assert_eq!(session["endsAt"], started["session"]["endsAt"]);
    }
    stack.clock.advance(ends_at.since(now) - 1);
    walk.call(LIST, DRAFT).await.ok();
    stack.clock.advance(1);
    walk.assert_all_need_an_identity_check("session-ended").await;
}

#[tokio::test]
async fn a_step_extends_the_session() {
    let stack = TestStack::start().await;
    let mut walk = Walk::on(&stack);
    walk.identify().await;
    let just_before_the_end = IDLE_LIMIT - MINUTE;
    stack.clock.advance(just_before_the_end);
    let session = walk.call(SELECT, DRAFT).await.ok()["session"].clone();
    let expected = start().plus(just_before_the_end + IDLE_LIMIT);
    assert_eq!(timestamp(&session["expiresAt"]), expected);
    stack.clock.advance(just_before_the_end);
    walk.call(ENTER, DRAFT).await.ok();
    let page = walk.call(REVIEW, DRAFT).await.ok();
    assert_eq!(timestamp(&page["session"]["expiresAt"]), expected.plus(just_before_the_end));
}
