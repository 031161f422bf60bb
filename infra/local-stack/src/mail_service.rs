//! What the mail service reports of the mails in the local outbox: each arrives, save those to an address of Amazon SES'
//! mailbox simulator, which come to what the simulator's addresses stand for.

use serde_json::{Value, json};
use shared::ports::Mail;

use crate::adapters::SentMail;

/// What follows `@` in the simulator's addresses.
const SIMULATOR: &str = "simulator.amazonses.com";

/// The events that SES would publish of `mail`, in order.
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

/// What is said of the mail in each event.
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

/// The name before `@`, without a label after `+`, of an address of the simulator.
fn simulated(address: &str) -> Option<&str> {
    let (name, domain) = address.split_once('@')?;
    (domain == SIMULATOR).then(|| name.split('+').next().unwrap_or_default())
}
