//! Tests of delivery reports. The email service reports whether the email with the code was delivered, and the receipt
//! shows the result.

use std::sync::Arc;

use serde_json::{Value, json};
use shared::{
    domain::{
        MINUTE, Timestamp,
        application::ApplicationId,
        delivery::{Deliveries, Delivery, DeliveryOutcome},
    },
    store::StoreError,
};
use tokio::task::JoinSet;

use crate::support::{ExportedLog, Fault, Mailed, START, TestStack, new_request, one_application};

const COUPON: &str = "984940947";

/// Returns an Amazon SES event that occurs in minute `minute`. The event refers to the email for outbox row
/// `outbox_id`, which contains code number `send_number`.
fn event(
    outbox_id: &Value,
    send_number: u32,
    minute: u32,
    kind: &str,
    member: &str,
    content: Value,
) -> String {
    let at = format!("2026-11-22T00:{minute:02}:00.123Z");
    let mut content = content;
    content["timestamp"] = json!(at);
    let address = "taro@example.co.jp";
    let mail = json!({
        "timestamp": at,
        "messageId": "0100018f-example",
        "source": "ra@example.jp",
        "destination": [address],
        "headers": [{ "name": "To", "value": address }, { "name": "Subject", "value": "証明書コード" }],
        "commonHeaders": { "to": [address] },
        "tags": {
            "ses:configuration-set": ["cert-reissue"],
            "outbox-id": [outbox_id],
            "send-number": [send_number.to_string()],
        },
    });
    json!({ "eventType": kind, "mail": mail, (member): content }).to_string()
}

fn delivered(outbox_id: &Value, send_number: u32, minute: u32) -> String {
    event(outbox_id, send_number, minute, "Delivery", "delivery", json!({ "smtpResponse": "250 ok" }))
}

fn delayed(outbox_id: &Value, send_number: u32, minute: u32) -> String {
    event(outbox_id, send_number, minute, "DeliveryDelay", "deliveryDelay", json!({ "delayType": "General" }))
}

fn complained(outbox_id: &Value, send_number: u32, minute: u32) -> String {
    let content = json!({ "complaintSubType": null, "complaintFeedbackType": "abuse" });
    event(outbox_id, send_number, minute, "Complaint", "complaint", content)
}

fn bounced(outbox_id: &Value, send_number: u32, minute: u32, kind: &str, sub_type: &str) -> String {
    let recipient =
        json!({ "emailAddress": "taro@example.co.jp", "diagnosticCode": "smtp; 550 taro unknown" });
    let content = json!({ "bounceType": kind, "bounceSubType": sub_type, "bouncedRecipients": [recipient] });
    event(outbox_id, send_number, minute, "Bounce", "bounce", content)
}

/// Returns the id of the outbox row for email `number`, counted from 0.
async fn outbox_id(stack: &TestStack, number: usize) -> Value {
    stack.client().mails().await[number]["outboxId"].clone()
}

/// Submits an application as taro and sends the code. Returns the application and the id of the email's outbox row.
async fn mailed(stack: &TestStack) -> (Mailed, Value) {
    let mailed = stack.mailed("taro", COUPON).await;
    (mailed, outbox_id(stack, 0).await)
}

impl TestStack {
    /// Records all `events`, and returns the email information on taro's receipt.
    async fn mail_after(&self, receipt: &Value, events: &[String]) -> Value {
        assert_eq!(self.record_deliveries(events).await, [0; 0]);
        self.receipt_of("taro", receipt).await["mail"].clone()
    }
}

fn state(mail: &Value) -> (&str, Option<&str>) {
    (mail["state"].as_str().unwrap(), mail["bounce"].as_str())
}

/// Returns the name and minute of each email event in the receipt's timeline.
fn told_of_mails(receipt: &Value) -> Vec<(&str, &str)> {
    let timeline = receipt["timeline"].as_array().unwrap().iter();
    let told =
        timeline.map(|entry| (entry["event"].as_str().unwrap(), &entry["at"].as_str().unwrap()[11..16]));
    told.filter(|(event, _)| event.starts_with("code")).collect()
}

#[tokio::test]
async fn the_receipt_shows_the_delivery_state_of_the_email() {
    let stack = TestStack::start().await;
    let (Mailed { receipt, .. }, id) = mailed(&stack).await;
    assert_eq!(state(&receipt["mail"]), ("waiting", None));
    assert_eq!(state(&stack.mail_after(&receipt, &[]).await), ("sent", None));

    let calls = stack.database_calls.count();
    assert_eq!(stack.record_deliveries(&[delayed(&id, 1, 1)]).await, [0; 0]);
    assert_eq!(stack.database_calls.count() - calls, 3, "what a report costs");
    assert_eq!(state(&stack.mail_after(&receipt, &[]).await), ("delayed", None));

    let arrived = delivered(&id, 1, 3);
    assert_eq!(state(&stack.mail_after(&receipt, std::slice::from_ref(&arrived)).await), ("delivered", None));
    let shown = stack.receipt_of("taro", &receipt).await;
    assert_eq!(told_of_mails(&shown), [("codeSent", "00:00"), ("codeDelivered", "00:03")]);

    let again = [delayed(&id, 1, 2), arrived, bounced(&id, 1, 4, "Transient", "General")];
    stack.mail_after(&receipt, &again).await;
    assert_eq!(stack.receipt_of("taro", &receipt).await["timeline"], shown["timeline"], "an absence note");

    let complaint = [complained(&id, 1, 5)];
    assert_eq!(state(&stack.mail_after(&receipt, &complaint).await), ("complained", None));
    let returned = [bounced(&id, 1, 6, "Permanent", "NoEmail")];
    assert_eq!(state(&stack.mail_after(&receipt, &returned).await), ("bounced", Some("undeliverable")));
}

#[tokio::test]
async fn a_late_delivery_report_does_not_override_a_permanent_bounce() {
    let stack = TestStack::start().await;
    let (Mailed { receipt, .. }, id) = mailed(&stack).await;
    let full = [bounced(&id, 1, 1, "Transient", "MailboxFull")];
    assert_eq!(state(&stack.mail_after(&receipt, &full).await), ("bounced", Some("mailboxFull")));
    let backwards = [bounced(&id, 1, 4, "Permanent", "General"), delivered(&id, 1, 2), delayed(&id, 1, 1)];
    assert_eq!(state(&stack.mail_after(&receipt, &backwards).await), ("bounced", Some("undeliverable")));
    let shown = stack.receipt_of("taro", &receipt).await;
    assert_eq!(told_of_mails(&shown), [("codeSent", "00:00"), ("codeBounced", "00:04")]);
}

#[tokio::test]
async fn late_reports_for_the_previous_code_do_not_affect_a_new_code() {
    let stack = TestStack::start().await;
    let (Mailed { receipt, .. }, first) = mailed(&stack).await;
    stack.mail_after(&receipt, &[bounced(&first, 1, 1, "Transient", "MailboxFull")]).await;
    stack.clock.advance(6 * MINUTE);
    stack.identified("taro").await.resend(&receipt).await.ok();
    let asked_for = stack.mail_after(&receipt, &[]).await;
    assert_eq!(state(&asked_for), ("waiting", None));
    assert_eq!(asked_for["expectedBy"], "2026-11-22T01:06:00Z");

    stack.settle().await;
    let second = outbox_id(&stack, 1).await;
    let late = [delivered(&first, 1, 7)];
    assert_eq!(state(&stack.mail_after(&receipt, &late).await), ("sent", None));
    stack.mail_after(&receipt, &[bounced(&second, 2, 8, "Permanent", "OnAccountSuppressionList")]).await;
    let shown = stack.receipt_of("taro", &receipt).await;
    assert_eq!(state(&shown["mail"]), ("bounced", Some("suppressed")));
    let told =
        [("codeSent", "00:00"), ("codeSent", "00:06"), ("codeDelivered", "00:07"), ("codeBounced", "00:08")];
    assert_eq!(told_of_mails(&shown), told);
}

#[tokio::test]
async fn reports_from_before_a_correction_appear_only_in_the_timeline() {
    let stack = TestStack::start().await;
    let (Mailed { receipt, .. }, astray) = mailed(&stack).await;
    let client = stack.identified("taro").await;
    client.correct(&receipt, "veri.taro@example.co.jp").await.ok();
    let bounce = [bounced(&astray, 1, 1, "Permanent", "General")];
    assert_eq!(state(&stack.mail_after(&receipt, &bounce).await), ("waiting", None));
    stack.settle().await;
    assert_eq!(state(&stack.mail_after(&receipt, &[]).await), ("sent", None));

    let mails = client.mails().await;
    let second = &mails.iter().find(|mail| mail["to"] == "veri.taro@example.co.jp").unwrap()["outboxId"];
    let complaint = [complained(&astray, 1, 2)];
    assert_eq!(state(&stack.mail_after(&receipt, &complaint).await), ("sent", None));
    assert_eq!(state(&stack.mail_after(&receipt, &[delivered(second, 2, 3)]).await), ("delivered", None));
    let shown = stack.receipt_of("taro", &receipt).await;
    let entries = shown["timeline"].as_array().unwrap().iter();
    let events: Vec<_> =
        entries.map(|entry| (entry["event"].as_str().unwrap(), entry["maskedAddress"].as_str())).collect();
    let (former, corrected) = (Some("t***@example.co.jp"), Some("v***@example.co.jp"));
    let expected = [
        ("accepted", None),
        ("revoked", None),
        ("listed", None),
        ("codeSent", former),
        ("addressCorrected", None),
        ("codeSent", corrected),
        ("codeBounced", former),
        ("codeDelivered", corrected),
    ];
    assert_eq!(events, expected);
}

#[tokio::test]
async fn a_delivery_is_recorded_although_recording_the_sending_failed() {
    let stack = TestStack::start().await;
    let receipt = stack.client().reissue(stack.account("taro"), COUPON).await;
    stack.faults.mailer.next(1, Fault::FailsAfterwards);
    stack.settle().await;
    stack.deliver().await;
    let mail = stack.receipt_of("taro", &receipt).await["mail"].clone();
    assert_eq!((state(&mail), &mail["sentAt"]), (("delivered", None), &json!(null)));
    stack.settle().await;
    stack.deliver().await;
    let shown = stack.receipt_of("taro", &receipt).await;
    assert_eq!(state(&shown["mail"]), ("delivered", None));
    assert_eq!(told_of_mails(&shown), [("codeSent", "00:00"), ("codeDelivered", "00:00")]);
}

#[tokio::test]
async fn reports_after_the_pick_up_are_recorded() {
    let stack = TestStack::start().await;
    let (Mailed { receipt, credentials }, id) = mailed(&stack).await;
    stack.client().pick_up(&credentials, &new_request()).await.ok();
    assert_eq!(state(&stack.mail_after(&receipt, &[delivered(&id, 1, 1)]).await), ("delivered", None));
}

#[tokio::test]
async fn only_messages_that_cannot_be_parsed_fail() {
    let stack = TestStack::start().await;
    let (Mailed { receipt, .. }, id) = mailed(&stack).await;
    let other = json!("00000000000000000000000000000000");
    let mut of_another_system: Value = serde_json::from_str(&delivered(&id, 1, 1)).unwrap();
    of_another_system["mail"]["tags"] = json!({});
    let bodies = [
        "taro@example.co.jp".to_owned(),
        bounced(&other, 1, 1, "Permanent", "General"),
        event(&id, 1, 1, "Send", "send", json!({})),
        event(&id, 1, 1, "Bounce", "delivery", json!({})),
        of_another_system.to_string(),
        delivered(&id, 2, 1),
        delivered(&id, 0, 1),
        delivered(&id, 1, 1),
        String::new(),
    ];
    assert_eq!(stack.record_deliveries(&bodies).await, [0, 3, 5, 6, 8]);
    assert_eq!(state(&stack.mail_after(&receipt, &[]).await), ("delivered", None));
}

#[tokio::test]
async fn reports_for_one_application_do_not_affect_another() {
    let stack = TestStack::start().await;
    let (Mailed { receipt, .. }, id) = mailed(&stack).await;
    let other = stack.mailed("hanako", "984940950").await;
    stack.mail_after(&receipt, &[bounced(&id, 1, 1, "Permanent", "General")]).await;
    let shown = stack.receipt_of("hanako", &other.receipt).await;
    assert_eq!(state(&shown["mail"]), ("sent", None));
}

#[tokio::test]
async fn a_bounce_is_in_the_audit_log_once_and_without_personal_data() {
    let stack = TestStack::start().await;
    let (Mailed { receipt, .. }, id) = mailed(&stack).await;
    let reports = [
        delayed(&id, 1, 1),
        bounced(&id, 1, 2, "Transient", "MailboxFull"),
        delivered(&id, 1, 3),
        bounced(&id, 1, 4, "Permanent", "General"),
    ];
    for _ in 0..2 {
        stack.mail_after(&receipt, &reports).await;
    }
    stack.settle().await;
    let log = ExportedLog::of(&stack);
    log.verify().unwrap();
    let events = log.events();
    let told: Vec<_> = events.iter().filter(|event| event["change"] == "codeMail").collect();
    let outcomes: Vec<_> = told.iter().map(|event| event["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["mailboxFull", "undeliverable"]);
    for event in told {
        assert_eq!((&event["receiptNumber"], &event["sendNumber"]), (&receipt["receiptNumber"], &json!(1)));
    }
    assert!(!log.lines.contains("taro"));
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_reports_are_all_recorded() {
    let stack = Arc::new(TestStack::start().await);
    let (Mailed { receipt, .. }, id) = mailed(&stack).await;
    // The report with the highest rank comes first, so that unconditional writes of later reports would overwrite it.
    let reports = [
        complained(&id, 1, 4),
        delivered(&id, 1, 3),
        bounced(&id, 1, 2, "Transient", "General"),
        delayed(&id, 1, 1),
    ];
    let mut running = JoinSet::new();
    for report in reports {
        let stack = Arc::clone(&stack);
        // The test redelivers a report that lost too many races, as SQS would.
        running.spawn(async move {
            while !stack.record_deliveries(std::slice::from_ref(&report)).await.is_empty() {}
        });
    }
    running.join_all().await;
    assert_eq!(state(&stack.mail_after(&receipt, &[]).await), ("complained", None));
}

#[tokio::test]
async fn a_write_based_on_an_outdated_read_is_refused() {
    let (store, application_id) = one_application().await;
    let at = Timestamp::try_from(START).unwrap();
    let nothing = Deliveries::default();
    let with = |known: &Deliveries, outcome| known.with(Delivery { send_number: 1, outcome, at }).unwrap();
    let (delayed, arrived) =
        (with(&nothing, DeliveryOutcome::Delayed), with(&nothing, DeliveryOutcome::Delivered));
    store.record_deliveries(&application_id, &nothing, &arrived, None).await.unwrap();
    let late = store.record_deliveries(&application_id, &nothing, &delayed, None).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    let late = store.record_deliveries(&application_id, &delayed, &arrived, None).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    let complained = with(&arrived, DeliveryOutcome::Complained);
    store.record_deliveries(&application_id, &arrived, &complained, None).await.unwrap();

    let nowhere =
        ApplicationId { coupon_number: "984940948".to_owned().try_into().unwrap(), ..application_id };
    let lost = store.record_deliveries(&nowhere, &nothing, &arrived, None).await;
    assert!(matches!(lost, Err(StoreError::Conflict(_))), "{lost:?}");
}

#[tokio::test]
async fn the_local_stack_behaves_like_the_mailbox_simulator() {
    for (address, expected) in [
        ("taro.new@example.co.jp", ("delivered", None)),
        ("bounce+test@simulator.amazonses.com", ("bounced", Some("undeliverable"))),
        ("suppressionlist@simulator.amazonses.com", ("bounced", Some("suppressed"))),
        ("ooto@simulator.amazonses.com", ("delivered", None)),
        ("complaint@simulator.amazonses.com", ("complained", None)),
    ] {
        let stack = TestStack::start().await;
        let mut client = stack.client();
        client.walk_to_entry(stack.account("taro"), COUPON).await;
        let mut input = client.prefilled().await;
        input["fields"]["emailAddress"] = json!(address);
        let version = client.enter(&input).await.ok()["version"].as_u64().unwrap();
        let receipt = client.submit(COUPON, version, "0123456789abcdef").await.ok();
        stack.settle().await;
        assert_eq!(client.mails().await.len(), 2, "the code, and the notice to the old address");
        stack.deliver().await;
        let shown = client.receipt(&receipt["receiptNumber"]).await.ok();
        assert_eq!(state(&shown["mail"]), expected, "{address}");
    }
}
