//! Tests of the hold of codes for a changed email address, which require advancing the clock, injecting faults or
//! deciding as an officer.

use serde_json::{Value, json};
use shared::{
    domain::{
        DAY, MINUTE, Timestamp,
        application::{AddressChangeHold, MAIL_PROMISE},
        session::MAX_WRONG_PASSWORDS,
    },
    use_cases::decide_application::DecisionError,
};
use tokio::task::JoinSet;

use crate::support::{ASTRAY, Client, ExportedLog, Fault, KEY, START, TestOfficer, TestStack, new_request};

const COUPON: &str = "984940947";
const HOLD: i64 = 45 * MINUTE;

fn after(seconds: i64) -> Value {
    json!(Timestamp::try_from(START + seconds).unwrap().to_rfc3339())
}

/// Submits an application of taro that names the mailbox of a thief, who knows all credentials.
async fn stolen(stack: &TestStack) -> (Client, Value) {
    let mut thief = stack.client();
    let receipt = thief.reissue_to(stack.account("taro"), COUPON, &stack.address(ASTRAY)).await;
    (thief, receipt)
}

/// Returns the number of emails that were sent to the thief.
async fn mails_to_the_thief(stack: &TestStack) -> usize {
    let address = stack.address(ASTRAY);
    stack.client().mails().await.iter().filter(|mail| mail["to"] == address.as_str()).count()
}

#[tokio::test]
async fn a_thief_with_all_credentials_gets_no_code_before_the_hold_ends() {
    let stack = TestStack::start_with_hold(AddressChangeHold::default()).await;
    let (thief, receipt) = stolen(&stack).await;
    let mail = &receipt["mail"];
    assert_eq!(
        (&mail["state"], &mail["heldUntil"], &mail["expectedBy"]),
        (&json!("held"), &after(HOLD), &after(MAIL_PROMISE))
    );
    stack.settle().await;
    stack.stop_code("taro").await;
    for minutes in [0, 5, 10, 44] {
        stack.clock.advance(START + minutes * MINUTE - stack.now().as_seconds());
        stack.settle().await;
        assert_eq!(mails_to_the_thief(&stack).await, 0, "after {minutes} minutes");
        let thief = if minutes < 15 { thief.clone() } else { stack.identified("taro").await };
        let refused = thief.resend(&receipt).await.problem(409, "resend-not-possible");
        assert_eq!((&refused["reason"], &refused["retryAt"]), (&json!("held"), &after(HOLD)));
    }
    // A message for the row before its time sends nothing.
    let row = pending_mail(&stack).await;
    stack.pass_mail_messages(&[json!({ "outboxId": row }).to_string()]).await;
    assert_eq!(mails_to_the_thief(&stack).await, 0);

    stack.clock.advance(MINUTE);
    stack.settle().await;
    assert_eq!(mails_to_the_thief(&stack).await, 1);
    let shown = stack.receipt_of("taro", &receipt).await;
    assert_eq!((&shown["mail"]["state"], &shown["mail"]["heldUntil"]), (&json!("sent"), &Value::Null));
    stack.client().check_pick_up(&stack.code_mailed_to(ASTRAY, "taro").await).await.ok();
}

/// Returns the id of the only outbox row that waits in the mail queue.
async fn pending_mail(stack: &TestStack) -> String {
    let rows = stack.database().await.store().pending("mail").await.unwrap();
    let [row] = &rows[..] else { panic!("{rows:?}") };
    row.clone()
}

#[tokio::test]
async fn a_stop_during_the_hold_ends_the_theft() {
    let stack = TestStack::start_with_hold(AddressChangeHold::default()).await;
    let (thief, receipt) = stolen(&stack).await;
    stack.settle().await;
    let code = stack.stop_code("taro").await;
    stack.clock.advance(10 * MINUTE);
    stack.client().stop(&code).await.ok();
    for reason in [
        thief.resend(&receipt).await.problem(409, "resend-not-possible")["reason"].clone(),
        stack
            .identified("taro")
            .await
            .correct(&receipt, "x@example.co.jp")
            .await
            .problem(409, "correction-not-possible")["reason"]
            .clone(),
    ] {
        assert_eq!(reason, "stopped");
    }
    for days in [1, 20, 30] {
        stack.clock.advance(days * DAY);
        stack.settle().await;
        assert_eq!(mails_to_the_thief(&stack).await, 0, "after {days} days more");
    }
    let shown = stack.receipt_of("taro", &receipt).await;
    assert_eq!(shown["state"], "stopped", "a stopped application waits for an officer");
    let log = ExportedLog::of(&stack);
    log.verify().unwrap();
    let stops = log.lines.lines().filter(|line| line.contains("\"state\":\"stopped\""));
    assert_eq!(stops.count(), 1);
    assert!(!log.lines.contains('@'));
}

#[tokio::test]
async fn a_release_sends_a_new_code_and_earlier_codes_stay_invalid() {
    let stack = TestStack::start().await;
    let (thief, receipt) = stolen(&stack).await;
    stack.settle().await;
    let (stolen, code) = (stack.code_mailed_to(ASTRAY, "taro").await, stack.stop_code("taro").await);
    stack.client().stop(&code).await.ok();
    let TestOfficer { decisions, application, name } = stack.officer(&receipt).await;
    stack.clock.advance(5 * MINUTE);
    decisions.release(&application, &name).await.unwrap();
    stack.client().check_pick_up(&stolen).await.problem(401, "pick-up-check-failed");
    stack.settle().await;
    let sent = stack.code_mailed_to(ASTRAY, "taro").await;
    assert_ne!(sent.code, stolen.code);
    stack.client().check_pick_up(&stolen).await.problem(401, "pick-up-check-failed");
    stack.client().check_pick_up(&sent).await.ok();
    let shown = thief.receipt(&receipt["receiptNumber"]).await.ok();
    let events: Vec<_> = shown["timeline"].as_array().unwrap().iter().map(|event| &event["event"]).collect();
    let position = |name: &str| events.iter().position(|event| *event == name);
    assert!(position("stopped") < position("released"), "{events:?}");
    assert_eq!(shown["state"], "waiting");
    let again = decisions.release(&application, &name).await;
    assert!(matches!(again, Err(DecisionError::NothingToRelease)), "{again:?}");

    // A resend after the release has a number of its own, and the mailbox can stop the application again.
    stack.clock.advance(5 * MINUTE);
    stack.identified("taro").await.resend(&receipt).await.ok();
    stack.settle().await;
    assert_ne!(stack.code_mailed_to(ASTRAY, "taro").await.code, sent.code);
    assert_eq!(stack.stop_code("taro").await, code);
    assert_eq!(stack.client().stop(&code).await.ok()["state"], "stopped");

    let log = ExportedLog::of(&stack);
    let decision = log.lines.lines().find(|line| line.contains("officerDecision")).unwrap();
    let decision: Value = serde_json::from_str(decision).unwrap();
    assert_eq!(
        (&decision["decision"], &decision["officer"], &decision["reason"], &decision["receiptNumber"]),
        (&json!("released"), &json!(name.name), &json!(name.reason), &receipt["receiptNumber"])
    );
}

#[tokio::test]
async fn a_rejection_ends_the_application_and_notifies_the_registered_mailbox() {
    for is_stopped in [false, true] {
        let stack = TestStack::start_with_hold(AddressChangeHold::default()).await;
        let (thief, receipt) = stolen(&stack).await;
        stack.settle().await;
        if is_stopped {
            stack.client().stop(&stack.stop_code("taro").await).await.ok();
        }
        let TestOfficer { decisions, application, name } = stack.officer(&receipt).await;
        decisions.reject(&application, &name).await.unwrap();
        for decided in
            [decisions.reject(&application, &name).await, decisions.release(&application, &name).await]
        {
            assert!(matches!(decided, Err(DecisionError::Ended)), "{decided:?}");
        }
        let shown = thief.receipt(&receipt["receiptNumber"]).await.ok();
        assert_eq!(
            (&shown["state"], &shown["resend"]["reason"], &shown["correction"]["reason"]),
            (&json!("rejected"), &json!("rejected"), &json!("rejected"))
        );
        let stops = shown["timeline"].as_array().unwrap().iter().filter(|event| event["event"] == "stopped");
        assert_eq!(stops.count(), usize::from(is_stopped));
        stack.clock.advance(31 * DAY);
        stack.settle().await;
        assert_eq!(mails_to_the_thief(&stack).await, 0);
        let mails = stack.client().mails().await;
        let is_rejection = |mail: &&Value| mail["subject"].as_str().unwrap().contains("却下");
        let rejections: Vec<_> = mails.iter().filter(is_rejection).map(|mail| &mail["to"]).collect();
        assert_eq!(rejections, [&json!(stack.address("taro"))]);
        assert_eq!(stack.client().stop(&stack.stop_code("taro").await).await.ok()["state"], "rejected");
    }
}

#[tokio::test]
async fn a_hold_until_approval_ends_only_with_the_approval() {
    let stack = TestStack::start_with_hold(AddressChangeHold::Officer).await;
    let (_, receipt) = stolen(&stack).await;
    let mail = &receipt["mail"];
    assert_eq!(
        (&mail["state"], &mail["heldUntil"], &mail["expectedBy"]),
        (&json!("held"), &Value::Null, &Value::Null)
    );
    stack.clock.advance(20 * DAY);
    stack.settle().await;
    let refused = stack.identified("taro").await.resend(&receipt).await.problem(409, "resend-not-possible");
    assert_eq!((&refused["reason"], &refused["retryAt"]), (&json!("held"), &Value::Null));
    assert_eq!(mails_to_the_thief(&stack).await, 0);
    let TestOfficer { decisions, application, name } = stack.officer(&receipt).await;
    decisions.release(&application, &name).await.unwrap();
    stack.settle().await;
    assert_eq!(mails_to_the_thief(&stack).await, 1);
    let shown = stack.receipt_of("taro", &receipt).await;
    assert_eq!(shown["mail"]["state"], "sent");
    stack.client().pick_up(&stack.code_mailed_to(ASTRAY, "taro").await, &new_request()).await.ok();
}

#[tokio::test]
async fn a_release_before_the_end_of_the_hold_replaces_the_held_email() {
    let stack = TestStack::start_with_hold(AddressChangeHold::default()).await;
    let (_, receipt) = stolen(&stack).await;
    let TestOfficer { decisions, application, name } = stack.officer(&receipt).await;
    decisions.release(&application, &name).await.unwrap();
    stack.settle().await;
    assert_eq!(mails_to_the_thief(&stack).await, 1);
    let code = stack.code_mailed_to(ASTRAY, "taro").await;
    stack.clock.advance(HOLD);
    stack.settle().await;
    assert_eq!(mails_to_the_thief(&stack).await, 1, "the held email is not sent");
    stack.client().check_pick_up(&code).await.ok();
}

#[tokio::test]
async fn a_correction_to_another_mailbox_is_held_and_one_to_the_registered_is_not() {
    let stack = TestStack::start_with_hold(AddressChangeHold::default()).await;
    let receipt = stack.client().reissue(stack.account("taro"), COUPON).await;
    stack.settle().await;
    let own = stack.latest_code("taro").await;
    let thief = stack.identified("taro").await;
    let corrected = thief.correct(&receipt, &stack.address(ASTRAY)).await.ok();
    assert_eq!(corrected["mail"]["heldUntil"], after(HOLD));
    thief.check_pick_up(&own).await.problem(401, "pick-up-check-failed");
    stack.settle().await;
    stack.clock.advance(HOLD - 1);
    stack.settle().await;
    assert_eq!(mails_to_the_thief(&stack).await, 0);

    // The owner corrects the address back before the hold ends.
    let owner = stack.identified("taro").await;
    let corrected = owner.correct(&receipt, &stack.address("taro")).await.ok();
    assert_eq!(
        (&corrected["mail"]["state"], &corrected["mail"]["heldUntil"]),
        (&json!("waiting"), &Value::Null)
    );
    stack.settle().await;
    assert_eq!(mails_to_the_thief(&stack).await, 0);
    stack.client().pick_up(&stack.latest_code("taro").await, &new_request()).await.ok();
}

#[tokio::test]
async fn a_stop_prevents_an_issuance_that_has_begun() {
    let stack = TestStack::start().await;
    stolen(&stack).await;
    stack.settle().await;
    let (code, request) = (stack.code_mailed_to(ASTRAY, "taro").await, new_request());
    stack.faults.ca_signer.next(1, Fault::Fails);
    stack.client().pick_up(&code, &request).await.problem(503, "temporarily-unavailable");
    stack.client().stop(&stack.stop_code("taro").await).await.ok();
    stack.client().pick_up(&code, &request).await.problem(410, "application-stopped");
}

#[tokio::test]
async fn repeated_attempts_to_send_the_notice_contain_the_same_stop_code() {
    for fault in [Fault::Fails, Fault::FailsAfterwards] {
        let stack = TestStack::start_with_hold(AddressChangeHold::default()).await;
        stolen(&stack).await;
        stack.faults.mailer.next(1, fault);
        stack.settle().await;
        stack.settle().await;
        let code = stack.stop_code("taro").await;
        assert_eq!(stack.client().stop(&code).await.ok()["state"], "stopped");
    }
}

/// Submits guesses of the password in one session, all at the same time or one after the other. Returns the statuses.
async fn guess(client: &Client, version: u64, guesses: u32, at_once: bool) -> Vec<u16> {
    let submit = |number: u32| {
        let mut client = client.clone();
        client.password = Some(format!("guess {number}"));
        async move { client.submit(COUPON, version, &format!("{KEY}-{number}")).await.status.as_u16() }
    };
    if at_once {
        let mut running = JoinSet::new();
        (0..guesses).for_each(|number| drop(running.spawn(submit(number))));
        return running.join_all().await;
    }
    let mut answers = Vec::new();
    for number in 0..guesses {
        answers.push(submit(number).await);
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_five_wrong_passwords() {
    for at_once in [false, true] {
        let stack = TestStack::start().await;
        let mut client = stack.client();
        client.walk_to_entry(stack.account("taro"), COUPON).await;
        let mut input = client.prefilled().await;
        input["fields"]["emailAddress"] = json!(stack.address(ASTRAY));
        let version = client.enter(&input).await.ok()["version"].as_u64().unwrap();
        let answers = guess(&client, version, 12, at_once).await;
        let judged = answers.iter().filter(|status| **status == 422).count();
        assert!(judged < MAX_WRONG_PASSWORDS as usize, "{answers:?}");
        if !at_once {
            assert_eq!(judged, MAX_WRONG_PASSWORDS as usize - 1);
            let ended = client.submit(COUPON, version, KEY).await.problem(401, "session-ended");
            assert_eq!(ended["reason"], "wrongPasswords");
        }
        // The subscriber is not kept out.
        let mut owner = stack.identified("taro").await;
        assert_eq!(owner.get("/api/certificates").await.ok()["receipts"], json!([]));
        owner.walk_to_review(stack.account("taro"), COUPON).await;
    }
}
