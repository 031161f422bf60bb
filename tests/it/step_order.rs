//! The server enforces the order of the steps: every route in every state of a session.

use hyper::{Method, header};
use serde_json::{Value, json};
use shared::domain::MINUTE;

use crate::support::{Answer, Client, KEY, TestStack};

const COUPON: &str = "984940947";
/// The version of a draft; entering it makes it 2.
const DRAFT: u64 = 1;

const LIST: &str = "GET /api/certificates";
const CHECK: &str = "GET /api/certificates/984940947";
const SELECT: &str = "POST /api/certificates/984940947/selection";
const SHOW: &str = "GET /api/application";
const ENTER: &str = "PUT /api/application";
const REVIEW: &str = "GET /api/application/review";
const SUBMIT: &str = "POST /api/application/submission";
const RECEIPT: &str = "GET /api/receipts/0000-0000-0000";
const RESEND: &str = "POST /api/receipts/0000-0000-0000/resend";
const EXTEND: &str = "PUT /api/session";
/// Every route but the identity check and the end of the session.
const ROUTES: [&str; 10] = [LIST, CHECK, SELECT, SHOW, ENTER, REVIEW, SUBMIT, RECEIPT, RESEND, EXTEND];

/// Sends a request that is right in itself, on version `version` where one is named.
async fn call(client: &Client, route: &str, version: u64) -> Answer {
    let (method, path) = route.split_once(' ').unwrap();
    match route {
        SELECT => client.select(COUPON).await,
        ENTER => client.enter(&input(version)).await,
        SUBMIT => client.submit(COUPON, version, KEY).await,
        _ => client.send(method.parse().unwrap(), path, &[], Default::default()).await,
    }
}

fn input(version: u64) -> Value {
    let fields = json!({
        "emailAddress": "taro@example.co.jp",
        "postalCode": "1040028",
        "prefecture": "東京都",
        "city": "千代田区",
        "street": "1-1",
        "phone": "0350001111",
    });
    json!({ "couponNumber": COUPON, "version": version, "fields": fields })
}

/// What the session can see.
async fn everything(client: &Client) -> Vec<Answer> {
    let mut answers = Vec::new();
    for route in [LIST, CHECK, SHOW, REVIEW, RECEIPT] {
        let mut answer = call(client, route, DRAFT).await;
        answer.headers.remove(header::DATE);
        answers.push(answer);
    }
    answers
}

async fn assert_all_need_an_identity_check(client: &Client, slug: &str) {
    for route in ROUTES {
        let answer = call(client, route, DRAFT).await;
        assert_eq!(answer.problem(401, slug)["nextStep"], "identify", "{route}");
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Cookie cookie-name=\"__Host-session\"");
    }
}

#[tokio::test]
async fn without_a_session_every_route_leads_to_the_identity_check() {
    let stack = TestStack::start().await;
    assert_all_need_an_identity_check(&stack.client(), "session-missing").await;
}

#[tokio::test]
async fn after_the_identity_check_a_certificate_has_to_be_chosen() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    client.identify(stack.account("taro")).await.ok();
    let before = everything(&client).await;
    for route in [SHOW, ENTER, REVIEW, SUBMIT] {
        call(&client, route, DRAFT).await.out_of_order("choose");
    }
    call(&client, RECEIPT, DRAFT).await.problem(404, "not-found");
    assert_eq!(everything(&client).await, before);

    assert_eq!(call(&client, LIST, DRAFT).await.ok()["nextStep"], "choose");
    assert_eq!(call(&client, CHECK, DRAFT).await.ok()["nextStep"], "check");
    assert_eq!(call(&client, EXTEND, DRAFT).await.ok()["nextStep"], "choose");
    assert_eq!(call(&client, SELECT, DRAFT).await.ok()["nextStep"], "enter");
}

#[tokio::test]
async fn after_the_choice_the_application_has_to_be_entered() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    client.walk_to_entry(stack.account("taro"), COUPON).await;
    let before = everything(&client).await;
    call(&client, REVIEW, DRAFT).await.out_of_order("enter");
    call(&client, SUBMIT, DRAFT).await.out_of_order("enter");
    call(&client, RECEIPT, DRAFT).await.problem(404, "not-found");
    for stale in [0, 2, u64::MAX] {
        call(&client, ENTER, stale).await.problem(409, "application-changed");
    }
    assert_eq!(everything(&client).await, before);

    for route in [LIST, CHECK, SELECT] {
        call(&client, route, DRAFT).await.ok();
    }
    assert_eq!(call(&client, EXTEND, DRAFT).await.ok()["nextStep"], "enter");
    assert_eq!(call(&client, SHOW, DRAFT).await.ok()["nextStep"], "enter");
    assert_eq!(call(&client, ENTER, DRAFT).await.ok()["nextStep"], "confirm");
}

#[tokio::test]
async fn what_was_entered_can_be_reviewed_changed_and_submitted() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), COUPON).await;
    assert_eq!(version, DRAFT + 1);
    let before = everything(&client).await;
    for route in [ENTER, SUBMIT] {
        call(&client, route, DRAFT).await.problem(409, "application-changed");
    }
    call(&client, RECEIPT, DRAFT).await.problem(404, "not-found");
    assert_eq!(everything(&client).await, before);

    for route in [LIST, CHECK, SELECT, EXTEND, SHOW] {
        call(&client, route, version).await.ok();
    }
    assert_eq!(everything(&client).await, before, "choosing again keeps what was entered");
    assert_eq!(call(&client, REVIEW, version).await.ok()["nextStep"], "confirm");
    assert_eq!(call(&client, ENTER, version).await.ok()["version"], version + 1);
    call(&client, SUBMIT, version).await.problem(409, "application-changed");
    call(&client, SUBMIT, version + 1).await.ok();
}

#[tokio::test]
async fn after_the_submission_there_is_only_the_receipt() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let receipt = client.reissue(stack.account("taro"), COUPON).await;
    let number = &receipt["receiptNumber"];
    for route in [LIST, CHECK, SELECT, SHOW, ENTER, REVIEW] {
        let problem = call(&client, route, 2).await.problem(409, "already-submitted");
        assert_eq!((&problem["nextStep"], &problem["receiptNumber"]), (&json!("receipt"), number), "{route}");
    }
    let problem = client.submit(COUPON, 2, "another-key-0123").await.problem(409, "already-submitted");
    assert_eq!(problem["receiptNumber"], *number);
    call(&client, RECEIPT, 2).await.problem(404, "not-found");
    assert_eq!(call(&client, EXTEND, 2).await.ok()["nextStep"], "receipt");
    assert_eq!(client.receipt(number).await.ok(), receipt);
    stack.settle().await;
    assert_eq!(client.get("/local/outbox").await.ok()["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_ends_after_15_idle_minutes_and_keeps_what_was_saved() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    let mut client = stack.client();
    client.walk_to_entry(account, COUPON).await;
    client.enter(&input(DRAFT)).await.ok();
    stack.clock.advance(15 * MINUTE - 1);
    call(&client, REVIEW, 2).await.ok();
    stack.clock.advance(1);
    assert_all_need_an_identity_check(&client, "session-ended").await;

    client.walk_to_entry(account, COUPON).await;
    let kept = client.get("/api/application").await.ok();
    assert_eq!((&kept["version"], &kept["fields"]["city"]), (&json!(2), &json!("千代田区")));
    client.submit(COUPON, 2, KEY).await.ok();
}

#[tokio::test]
async fn a_session_can_be_extended_for_an_hour_and_not_longer() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let started = client.identify(stack.account("taro")).await.ok();
    for expires_at in ["00:29:00Z", "00:43:00Z", "00:57:00Z", "01:00:00Z"] {
        stack.clock.advance(14 * MINUTE);
        let session = call(&client, EXTEND, DRAFT).await.ok()["session"].clone();
        assert_eq!(session["expiresAt"], format!("2026-11-22T{expires_at}"));
        assert_eq!(session["endsAt"], started["session"]["endsAt"]);
    }
    stack.clock.advance(4 * MINUTE - 1);
    call(&client, LIST, DRAFT).await.ok();
    stack.clock.advance(1);
    assert_all_need_an_identity_check(&client, "session-ended").await;
}

#[tokio::test]
async fn a_step_extends_the_session_too() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    client.identify(stack.account("taro")).await.ok();
    stack.clock.advance(14 * MINUTE);
    let session = call(&client, SELECT, DRAFT).await.ok()["session"].clone();
    assert_eq!(session["expiresAt"], "2026-11-22T00:29:00Z");
    stack.clock.advance(14 * MINUTE);
    call(&client, ENTER, DRAFT).await.ok();
    let page = call(&client, REVIEW, DRAFT).await.ok();
    assert_eq!(page["session"]["expiresAt"], "2026-11-22T00:43:00Z");
}

#[tokio::test]
async fn whoever_ends_the_session_has_none() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    client.walk_to_entry(stack.account("taro"), COUPON).await;
    for _ in 0..2 {
        let answer = client.send(Method::DELETE, "/api/session", &[], Default::default()).await;
        assert_eq!(answer.status, 204);
        let removed = "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";
        assert_eq!(answer.header(header::SET_COOKIE), Some(removed));
        assert_all_need_an_identity_check(&client, "session-ended").await;
    }
}
