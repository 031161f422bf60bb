//! Tests of the order of the steps, which the server enforces. Every route is called in every state of a session.

use hyper::{Method, header};
use serde_json::json;

use crate::support::{
    AnyStack,
    walk::{CHECK, CORRECT, DRAFT, ENTER, EXTEND, LIST, RECEIPT, REVIEW, SELECT, SHOW, SUBMIT, Walk},
};

#[tokio::test]
async fn every_route_requires_an_identity_check_without_a_session() {
    let stack = AnyStack::start().await;
    Walk::on(&stack).assert_all_need_an_identity_check("session-missing").await;
}

#[tokio::test]
async fn a_certificate_must_be_selected_after_the_identity_check() {
    let stack = AnyStack::start().await;
    let mut walk = Walk::on(&stack);
    walk.identify().await;
    let before = walk.everything().await;
    for route in [SHOW, ENTER, REVIEW, SUBMIT] {
        walk.call(route, DRAFT).await.out_of_order("choose");
    }
    for route in [RECEIPT, CORRECT] {
        walk.call(route, DRAFT).await.problem(404, "not-found");
    }
    assert_eq!(walk.everything().await, before);

    assert_eq!(walk.call(LIST, DRAFT).await.ok()["nextStep"], "choose");
    assert_eq!(walk.call(CHECK, DRAFT).await.ok()["nextStep"], "check");
    assert_eq!(walk.call(EXTEND, DRAFT).await.ok()["nextStep"], "choose");
    assert_eq!(walk.call(SELECT, DRAFT).await.ok()["nextStep"], "enter");
}

#[tokio::test]
async fn the_application_must_be_entered_after_the_selection() {
    let stack = AnyStack::start().await;
    let mut walk = Walk::on(&stack);
    walk.reach_entry().await;
    let before = walk.everything().await;
    walk.call(REVIEW, DRAFT).await.out_of_order("enter");
    walk.call(SUBMIT, DRAFT).await.out_of_order("enter");
    for route in [RECEIPT, CORRECT] {
        walk.call(route, DRAFT).await.problem(404, "not-found");
    }
    for stale in [0, 2, u64::MAX] {
        walk.call(ENTER, stale).await.problem(409, "application-changed");
    }
    assert_eq!(walk.everything().await, before);

    for route in [LIST, CHECK, SELECT] {
        walk.call(route, DRAFT).await.ok();
    }
    assert_eq!(walk.call(EXTEND, DRAFT).await.ok()["nextStep"], "enter");
    assert_eq!(walk.call(SHOW, DRAFT).await.ok()["nextStep"], "enter");
    assert_eq!(walk.call(ENTER, DRAFT).await.ok()["nextStep"], "confirm");
}

#[tokio::test]
async fn a_saved_application_can_be_reviewed_changed_and_submitted() {
    let stack = AnyStack::start().await;
    let mut walk = Walk::on(&stack);
    let version = walk.client.walk_to_review(walk.account, walk.coupon).await;
    assert_eq!(version, DRAFT + 1);
    let before = walk.everything().await;
    for route in [ENTER, SUBMIT] {
        walk.call(route, DRAFT).await.problem(409, "application-changed");
    }
    for route in [RECEIPT, CORRECT] {
        walk.call(route, DRAFT).await.problem(404, "not-found");
    }
    assert_eq!(walk.everything().await, before);

    for route in [LIST, CHECK, SELECT, EXTEND, SHOW] {
        walk.call(route, version).await.ok();
    }
    assert_eq!(walk.everything().await, before, "choosing again keeps what was entered");
    assert_eq!(walk.call(REVIEW, version).await.ok()["nextStep"], "confirm");
    assert_eq!(walk.call(ENTER, version).await.ok()["version"], version + 1);
    walk.call(SUBMIT, version).await.problem(409, "application-changed");
    walk.call(SUBMIT, version + 1).await.ok();
}

#[tokio::test]
async fn only_the_receipt_is_available_after_the_submission() {
    let stack = AnyStack::start().await;
    let mut walk = Walk::on(&stack);
    let receipt = walk.client.reissue(walk.account, walk.coupon).await;
    let number = &receipt["receiptNumber"];
    for route in [LIST, CHECK, SELECT, SHOW, ENTER, REVIEW] {
        let problem = walk.call(route, 2).await.problem(409, "already-submitted");
        assert_eq!((&problem["nextStep"], &problem["receiptNumber"]), (&json!("receipt"), number), "{route}");
    }
    let problem =
        walk.client.submit(walk.coupon, 2, "another-key-0123").await.problem(409, "already-submitted");
    assert_eq!(problem["receiptNumber"], *number);
    for route in [RECEIPT, CORRECT] {
        walk.call(route, 2).await.problem(404, "not-found");
    }
    assert_eq!(walk.call(EXTEND, 2).await.ok()["nextStep"], "receipt");
    assert_eq!(walk.client.receipt(number).await.ok()["acceptedAt"], receipt["acceptedAt"]);
    stack.settle().await;
    assert_eq!(walk.client.mails().await.len(), 1);
}

#[tokio::test]
async fn ending_the_session_invalidates_it() {
    let stack = AnyStack::start().await;
    let mut walk = Walk::on(&stack);
    walk.reach_entry().await;
    for _ in 0..2 {
        let answer = walk.client.send(Method::DELETE, "/api/session", &[], Default::default()).await;
        assert_eq!(answer.status, 204);
        let removed = walk.client.set_cookie("", 0);
        assert_eq!(answer.header(header::SET_COOKIE), Some(removed.as_str()));
        walk.assert_all_need_an_identity_check("session-ended").await;
    }
}
