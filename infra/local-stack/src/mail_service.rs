//! Simulates the delivery events that SES publishes. Every email is reported as delivered, except emails to the SES
//! mailbox simulator, which have their documented outcomes.

use serde_json::{Value, json};
use shared::ports::Mail;

use crate::adapters::SentMail;

/// The domain of the SES mailbox simulator.
const SIMULATOR: &str = "simulator.amazonses.com";

/// Returns the events that SES would publish for `mail`, in order.
pub(crate) fn events(mail: &SentMail) -> Vec<Value> {
    let at = mail.sent_at.to_rfc3339();
    let event = |kind: &str, member: &str, mut content: Value| {
        content["timestamp"] = json!(at);
        json!({ "eventType": kind, "mail": description(mail), (member): content })
    };
    let delivery = || event("Delivery", "delivery", json!({ "recipients": [mail.to] }));
    let bounce =
        |kind, sub_type| event("Bounce", "bounce", json!({ "bounceType": kind, "bounceSubType": sub_type }));
    match simulated(&mail.to) {
        Some("bounce") => vec![bounce("Permanent", "General")],
        Some("suppressionlist") => vec![bounce("Permanent", "Suppressed")],
        Some("ooto") => vec![delivery(), bounce("Transient", "General")],
        Some("complaint") => {
            let complaint = json!({ "complaintSubType": null, "complaintFeedbackType": "abuse" });
            vec![delivery(), event("Complaint", "complaint", complaint)]
        }
        _ => vec![delivery()],
    }
}

/// Returns the member `mail`, which describes the email in every event.
fn description(mail: &SentMail) -> Value {
    let mut tags = json!({ (Mail::OUTBOX_ID_TAG): [mail.outbox_id] });
    if let Some(number) = mail.send_number {
        tags[Mail::SEND_NUMBER_TAG] = json!([number.to_string()]);
    }
    json!({
        "timestamp": mail.sent_at.to_rfc3339(),
        "messageId": mail.number.to_string(),
        "destination": [mail.to],
        "tags": tags,
    })
}

/// Returns the local part of a mailbox simulator address, without the label after `+`.
fn simulated(address: &str) -> Option<&str> {
    let (name, domain) = address.split_once('@')?;
    (domain == SIMULATOR).then(|| name.split('+').next().unwrap_or_default())
}
