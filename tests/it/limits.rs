//! Tests of the limits on what one subscriber can cause: requests per session, open sessions, and sessions per day.

use hyper::{Method, header};
use serde_json::{Value, json};
use shared::domain::{
    DAY, MINUTE,
    session::{ABSOLUTE_LIMIT, IDLE_LIMIT},
    session_limits::LimitedRequest,
    sign_ins::{MAX_SESSIONS, MAX_SIGN_INS},
};

use crate::support::{Answer, AnyStack, Client, ExportedLog, TestStack};

const COUPON: &str = "984940947";

/// Saves the prefilled application again and again until a save is refused. Returns the refusal and the number of
/// saves.
async fn save_until_refused(client: &Client) -> (Answer, u32) {
    let mut input = client.prefilled().await;
    let mut saved = 0;
    loop {
        let answer = client.enter(&input).await;
        if answer.status != 200 {
            return (answer, saved);
        }
        saved += 1;
        input["version"] = answer.ok()["version"].clone();
    }
}

/// Asserts that the session has reached its limit of these requests.
#[track_caller]
fn assert_limit(answer: &Answer, request: LimitedRequest, name: &str) {
    let problem = answer.problem(429, "session-limit-reached");
    assert_eq!((&problem["request"], &problem["limit"]), (&json!(name), &json!(request.limit())));
    assert_eq!(problem["nextStep"], "identify");
}

/// Asserts that the session has ended for this reason.
#[track_caller]
fn assert_ended(answer: &Answer, reason: &str) {
    assert_eq!(answer.problem(401, "session-ended")["reason"], reason);
}

async fn list(client: &Client) -> Answer {
    client.get("/api/certificates").await
}

async fn extend(client: &Client) -> Answer {
    client.json(Method::PUT, "/api/session", &json!({})).await
}

#[tokio::test]
async fn a_session_can_save_and_select_twenty_times() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    client.walk_to_entry(stack.account("taro"), COUPON).await;
    let (refused, saved) = save_until_refused(&client).await;
    assert_eq!(saved, LimitedRequest::Save.limit());
    assert_limit(&refused, LimitedRequest::Save, "save");

    for _ in 1..LimitedRequest::Selection.limit() {
        client.select(COUPON).await.ok();
    }
    assert_limit(&client.select(COUPON).await, LimitedRequest::Selection, "selection");

    // The application can be submitted, and the next session can change it.
    client.get("/api/application/review").await.ok();
    client.walk_to_review(stack.account("taro"), COUPON).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_selections_do_not_exceed_the_limit() {
    let stack = TestStack::start().await;
    let client = stack.identified("taro").await;
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..3 * LimitedRequest::Selection.limit() {
        let client = client.clone();
        running.spawn(async move { client.select(COUPON).await.status.as_u16() });
    }
    let statuses = running.join_all().await;
    let made = statuses.iter().filter(|status| **status == 200).count();
    assert!(made <= LimitedRequest::Selection.limit() as usize, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 429 | 503)), "{statuses:?}");
}

#[tokio::test]
async fn a_session_can_be_extended_120_times() {
    let stack = TestStack::start().await;
    let client = stack.identified("taro").await;
    for _ in 0..LimitedRequest::Extension.limit() {
        extend(&client).await.ok();
    }
    assert_limit(&extend(&client).await, LimitedRequest::Extension, "extension");
    list(&client).await.ok();
}

#[tokio::test]
async fn a_session_can_request_ten_codes() {
    let stack = TestStack::start().await;
    let mut receipts = Vec::new();
    for coupon_number in &stack.account("hanako").coupon_numbers {
        receipts.push(stack.client().reissue(stack.account("hanako"), coupon_number).await);
    }
    assert_eq!(receipts.len(), 2);
    let client = stack.identified("hanako").await;
    for mailbox in ["a.hanako", "b.hanako", "c.hanako"] {
        for receipt in &receipts {
            client.correct(receipt, &stack.address(mailbox)).await.ok();
        }
    }
    for _ in 0..2 {
        stack.clock.advance(5 * MINUTE);
        for receipt in &receipts {
            client.resend(receipt).await.ok();
        }
    }
    stack.clock.advance(4 * MINUTE);
    extend(&client).await.ok();
    stack.clock.advance(MINUTE);
    assert_limit(&client.resend(&receipts[0]).await, LimitedRequest::Code, "code");
    stack.identified("hanako").await.resend(&receipts[0]).await.ok();
}

#[tokio::test]
async fn an_identity_check_ends_the_previous_session_of_the_browser() {
    let stack = AnyStack::start().await;
    for mailbox in ["taro", "hanako"] {
        let mut browser = stack.identified("taro").await;
        let before = browser.clone();
        browser.identify(stack.account(mailbox)).await.ok();
        assert_ended(&list(&before).await, "replaced");
        assert_ended(&extend(&before).await, "replaced");
        list(&browser).await.ok();

        // A failed check does not end the session.
        let account = stack.account(mailbox);
        let wrong = browser.identify_as(&account.email_address, "wrong", &account.certificate_code).await;
        wrong.problem(401, "identity-check-failed");
        list(&browser).await.ok();
    }
}

#[tokio::test]
async fn an_unknown_cookie_does_not_prevent_an_identity_check() {
    let stack = TestStack::start().await;
    let client = stack.identified("taro").await;
    let (name, value) = client.cookie.as_deref().unwrap().split_once('=').unwrap();
    let rows = stack.database().await.count("registry").await;
    let mut other = stack.client();
    // The token has the form of another session of the same enrollment.
    let forged = format!("{}AAAA", &value[..value.len() - 4]);
    other.cookie = Some(format!("{name}={forged}"));
    other.identify(stack.account("taro")).await.ok();
    list(&other).await.ok();
    list(&client).await.ok();
    assert_eq!(stack.database().await.count("registry").await, rows + 1);
}

#[tokio::test]
async fn a_sign_in_ends_the_oldest_of_more_than_five_sessions() {
    let stack = TestStack::start().await;
    let mut clients = Vec::new();
    for _ in 0..MAX_SESSIONS + 2 {
        clients.push(stack.identified("taro").await);
        stack.clock.advance(1);
    }
    let (ended, open) = clients.split_at(2);
    for client in ended {
        assert_ended(&list(client).await, "tooManySessions");
        assert_ended(&extend(client).await, "tooManySessions");
    }
    for client in open {
        list(client).await.ok();
    }
    list(&stack.identified("hanako").await).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_identity_checks_leave_at_most_five_sessions() {
    let stack = TestStack::start().await;
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (mut client, account) = (stack.client(), stack.account("taro").clone());
        running.spawn(async move {
            let status = client.identify(&account).await.status.as_u16();
            (status, client)
        });
    }
    let mut open = 0;
    for (status, client) in running.join_all().await {
        assert!(matches!(status, 201 | 503), "{status}");
        if status == 201 && list(&client).await.status == 200 {
            open += 1;
        }
    }
    assert!((1..=MAX_SESSIONS).contains(&open), "{open} sessions are open");
}

#[tokio::test]
async fn a_credential_can_sign_in_thirty_times_in_24_hours() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    for _ in 0..MAX_SIGN_INS {
        client.identify(stack.account("taro")).await.ok();
        stack.clock.advance(MINUTE);
    }
    let refused = client.identify(stack.account("taro")).await;
    assert_eq!(refused.problem(429, "too-many-sign-ins")["limit"], MAX_SIGN_INS);
    let wait: i64 = refused.header(header::RETRY_AFTER).unwrap().parse().unwrap();
    assert_eq!(wait, DAY - MAX_SIGN_INS as i64 * MINUTE);
    // The last session remains open, and wrong credentials are refused as usual.
    list(&client).await.ok();
    let account = stack.account("taro");
    let wrong = client.identify_as(&account.email_address, "wrong", &account.certificate_code).await;
    wrong.problem(401, "identity-check-failed");

    stack.clock.advance(wait);
    client.identify(stack.account("taro")).await.ok();
}

#[tokio::test]
async fn a_greedy_subscriber_causes_a_bounded_number_of_audit_events_per_day() {
    let stack = TestStack::start().await;
    stack.settle().await;
    let before = ExportedLog::of(&stack).events().len();
    let mut client = stack.client();
    while client.identify(stack.account("taro")).await.status == 201 {
        client.select(COUPON).await.ok();
        save_until_refused(&client).await;
        stack.clock.advance(MINUTE);
    }
    stack.settle().await;
    let events = ExportedLog::of(&stack).events().len() - before;
    // One event is the draft, which the first selection creates.
    assert_eq!(events, MAX_SIGN_INS * LimitedRequest::Save.limit() as usize + 1);
}

#[tokio::test]
async fn a_session_that_has_ended_states_the_reason() {
    let stack = TestStack::start().await;
    let mut client = stack.identified("taro").await;
    let stolen = client.clone();
    let answer = client.json(Method::DELETE, "/api/session", &json!({})).await;
    assert_eq!(answer.status, 204);
    assert_ended(&list(&stolen).await, "signedOut");
    assert_ended(&extend(&stolen).await, "signedOut");
    assert_eq!(
        stolen.clone().in_english().get("/api/certificates").await.json()["title"],
        "You have signed out."
    );

    client = stack.identified("taro").await;
    stack.clock.advance(IDLE_LIMIT);
    assert_ended(&list(&client).await, "timedOut");
    assert_ended(&extend(&client).await, "timedOut");
}

#[tokio::test]
async fn a_clock_that_is_set_back_ends_the_sessions() {
    let stack = TestStack::start().await;
    let client = stack.identified("taro").await;
    stack.clock.advance(-MINUTE);
    extend(&client).await.ok();
    stack.clock.advance(-ABSOLUTE_LIMIT);
    assert_ended(&list(&client).await, "timedOut");
    assert_ended(&extend(&client).await, "timedOut");
    let answer: Value = client.select(COUPON).await.problem(401, "session-ended");
    assert_eq!(answer["reason"], "timedOut");
    list(&stack.identified("taro").await).await.ok();
}

#[tokio::test]
async fn the_reason_of_an_earlier_end_is_kept() {
    let stack = TestStack::start().await;
    let client = stack.identified("taro").await;
    client.json(Method::DELETE, "/api/session", &json!({})).await;
    for _ in 0..=MAX_SESSIONS {
        stack.identified("taro").await;
    }
    assert_ended(&list(&client).await, "signedOut");
}

#[tokio::test]
async fn repeated_checks_in_one_browser_end_no_other_session() {
    let stack = TestStack::start().await;
    let other = stack.identified("taro").await;
    let mut browser = stack.identified("taro").await;
    for _ in 0..2 * MAX_SESSIONS {
        let before = browser.clone();
        browser.identify(stack.account("taro")).await.ok();
        assert_ended(&list(&before).await, "replaced");
    }
    list(&other).await.ok();
}

#[tokio::test]
async fn an_unreadable_row_of_sign_ins_prevents_no_sign_in() {
    let stack = TestStack::start().await;
    stack.identified("taro").await;
    let database = stack.database().await;
    let partition = database.partition_of("LATEST").await;
    database
        .put("registry", &json!({ "pk": partition, "sk": "LATEST", "version": "?", "latest": "?" }))
        .await;
    for _ in 0..2 {
        list(&stack.identified("taro").await).await.ok();
    }
}
