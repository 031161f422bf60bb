//! Tests of the deadlines that apply if the subscriber does not pick up the new certificate.

use serde_json::{Value, json};
use shared::domain::{DAY, HOUR, revocation::RevocationTiming};

use crate::support::{Crl, ExportedLog, Fault, Mailed, TestStack, new_request};

const COUPON: &str = "984940947";

/// Returns the email subjects without the service's name, oldest first.
async fn subjects(stack: &TestStack) -> Vec<String> {
    let subject =
        |mail: &Value| mail["subject"].as_str().unwrap().split('】').next_back().unwrap().to_owned();
    stack.client().mails().await.iter().map(subject).collect()
}

const CODE: &str = "新しい証明書コードのお知らせ";
const REMINDER: &str = "新しい電子証明書の取得期限が近づいています";
const EXPIRY: &str = "再発行申請が期限切れで終了しました";

#[tokio::test]
async fn the_old_certificate_is_revoked_after_14_days_at_the_latest() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let Mailed { receipt, .. } = stack.mailed("taro", COUPON).await;
    stack.clock.advance(14 * DAY - 1);
    stack.settle().await;
    let read = stack.receipt_of("taro", &receipt).await;
    assert_eq!(read["revocation"]["revokedAt"], json!(null));

    stack.clock.advance(1);
    stack.settle().await;
    let read = stack.receipt_of("taro", &receipt).await;
    assert_eq!(read["revocation"]["revokedAt"], read["revocation"]["latestAt"]);
    assert_eq!(ExportedLog::of(&stack).revocations(), 1);
    let crl = Crl::fetch(&stack.client()).await;
    let entry = crl.entry(receipt["serialNumber"].as_str().unwrap()).unwrap();
    assert!(entry.iter().any(|line| line.contains("Superseded")), "{entry:?}");

    let client = stack.identified("taro").await;
    client.resend(&receipt).await.ok();
    stack.settle().await;
    let current = stack.latest_code("taro").await;
    let shown = client.check_pick_up(&current).await.ok();
    assert_eq!(
        (&shown["replaces"]["revokedAt"], &shown["replaces"]["revokedByPickUp"]),
        (&json!("2026-12-06T00:00:00Z"), &json!(false))
    );
    client.pick_up(&current, &new_request()).await.ok();
    stack.settle().await;
    assert_eq!(Crl::fetch(&client).await.number(), crl.number(), "revoked once");
}

#[tokio::test]
async fn a_revocation_is_retried_after_its_statement_cannot_be_signed() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let Mailed { receipt, .. } = stack.mailed("taro", COUPON).await;
    stack.clock.advance(14 * DAY);
    stack.faults.statement_signer.always(Fault::Fails);
    stack.settle().await;
    stack.clock.advance(HOUR);
    stack.faults.statement_signer.heal();
    stack.settle().await;
    let read = stack.receipt_of("taro", &receipt).await;
    assert_eq!(read["revocation"]["revokedAt"], "2026-12-06T01:00:00Z");
    assert!(Crl::fetch(&stack.client()).await.entry(receipt["serialNumber"].as_str().unwrap()).is_some());
}

#[tokio::test]
async fn the_subscriber_receives_a_reminder_and_then_a_notice_of_expiry() {
    let stack = TestStack::start().await;
    let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
    stack.clock.advance(23 * DAY - 1);
    stack.settle().await;
    assert_eq!(subjects(&stack).await, [CODE]);
    stack.clock.advance(1);
    stack.settle().await;
    stack.settle().await;
    assert_eq!(subjects(&stack).await, [CODE, REMINDER]);
    for part in ["text", "html"] {
        let reminder = stack.client().mails().await[1][part].as_str().unwrap().to_owned();
        assert!(reminder.contains("2026/12/22 09:00（日本時間）"), "{reminder}");
    }

    stack.clock.advance(7 * DAY - 1);
    stack.settle().await;
    let client = stack.identified("taro").await;
    client.resend(&receipt).await.ok();
    stack.settle().await;
    let last = stack.latest_code("taro").await;
    stack.client().check_pick_up(&last).await.ok();
    stack.clock.advance(1);
    stack.client().check_pick_up(&last).await.problem(410, "application-expired");
    stack.settle().await;
    stack.settle().await;
    assert_eq!(subjects(&stack).await, [CODE, REMINDER, CODE, EXPIRY]);
    for part in ["text", "html"] {
        let notice = stack.client().mails().await[3][part].as_str().unwrap().to_owned();
        assert!(
            notice.contains("新規に") && notice.contains("2026/11/22 09:00（日本時間） に失効"),
            "{notice}"
        );
    }

    let read = stack.receipt_of("taro", &receipt).await;
    let events: Vec<_> = read["timeline"].as_array().unwrap().iter().map(|event| &event["event"]).collect();
    assert_eq!(events, ["accepted", "revoked", "listed", "codeSent", "codeSent", "expired"]);
    assert_eq!((&read["resend"]["reason"], &read["pickUp"]["pickedUpAt"]), (&json!("expired"), &json!(null)));
    let refused = stack.identified("taro").await.resend(&receipt).await.problem(409, "resend-not-possible");
    assert_eq!(refused["reason"], "expired");
    let problem = client.pick_up(&last, &new_request()).await.problem(410, "application-expired");
    assert_eq!(problem["receiptNumber"], receipt["receiptNumber"]);
    client.check_pick_up(&last.with_password("wrong")).await.problem(401, "pick-up-check-failed");
    client.check_pick_up(&credentials).await.problem(401, "pick-up-check-failed");
}

#[tokio::test]
async fn deadlines_do_not_affect_an_application_after_the_pick_up() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
    stack.client().pick_up(&credentials, &new_request()).await.ok();
    stack.settle().await;
    let shown = async || {
        let mut shown = stack.receipt_of("taro", &receipt).await;
        // The value of this member depends on the session that requests the receipt.
        shown["correction"]["identityCheckUntil"].take();
        shown
    };
    let read = shown().await;
    for _ in 0..3 {
        stack.clock.advance(15 * DAY);
        stack.settle().await;
    }
    assert_eq!(subjects(&stack).await, [CODE]);
    assert_eq!(Crl::fetch(&stack.client()).await.number(), 1);
    assert_eq!(shown().await, read);
}

#[tokio::test]
async fn the_notice_of_expiry_is_in_english_if_requested() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    stack.client().in_english().reissue(stack.account("taro"), COUPON).await;
    stack.settle().await;
    stack.clock.advance(31 * DAY);
    stack.settle().await;
    stack.settle().await;
    let mails = stack.client().mails().await;
    let [_, notice] = &mails[..] else { panic!("no reminder after the end: {mails:?}") };
    assert_eq!(notice["subject"], "[Certificate Reissue Service] Your application for a reissue has ended");
    for part in ["text", "html"] {
        let text = notice[part].as_str().unwrap();
        assert!(text.contains("revoked on 23 December 2026, 09:00 (Japan time)"), "{text}");
    }
}
