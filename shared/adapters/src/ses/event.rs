//! Parses the events that Amazon SES publishes about emails. Events contain email addresses and subjects, which this
//! module never reads. The error messages of this module never quote an event.

use std::collections::HashMap;

use serde::Deserialize;

use domain::{
    Timestamp,
    delivery::{DeliveryOutcome, DeliveryReport},
};
use ports::Mail;

/// The members of an SES event that this service uses.
#[derive(Deserialize)]
struct Event {
    mail: SentMail,
    #[serde(flatten)]
    report: SesReport,
}

#[derive(Deserialize)]
struct SentMail {
    timestamp: String,
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(tag = "eventType", rename_all_fields = "camelCase")]
enum SesReport {
    Bounce {
        bounce: Bounce,
    },
    Complaint {
        complaint: Complaint,
    },
    Delivery {
        delivery: Moment,
    },
    DeliveryDelay {
        delivery_delay: Moment,
    },
    Reject,
    #[serde(other)]
    Ignored,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounce_sub_type: String,
    timestamp: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complaint_sub_type: Option<String>,
    complaint_feedback_type: Option<String>,
    timestamp: String,
}

#[derive(Deserialize)]
struct Moment {
    timestamp: String,
}

/// The message is not an SES event.
#[derive(Debug, thiserror::Error)]
#[error("the message is not a readable SES event")]
pub struct NotAnEvent;

/// Parses an SES event from a queue message. Returns `None` if another service sent the email, or if the event type is
/// ignored.
///
/// # Errors
///
/// Fails if the message is not an SES event. A message that fails repeatedly is moved to the dead-letter queue.
pub fn delivery_report(body: Option<&str>) -> Result<Option<DeliveryReport>, NotAnEvent> {
    let event: Event = serde_json::from_str(body.unwrap_or_default()).map_err(|_| NotAnEvent)?;
    let Some((outcome, at)) = event.outcome() else { return Ok(None) };
    let Some(outbox_id) = event.mail.tag(Mail::OUTBOX_ID_TAG) else { return Ok(None) };
    let send_number = event.mail.tag(Mail::SEND_NUMBER_TAG).map(str::parse).transpose();
    Ok(Some(DeliveryReport {
        outbox_id: outbox_id.to_owned(),
        send_number: send_number.map_err(|_| NotAnEvent)?,
        outcome,
        at: Timestamp::from_rfc3339(at).ok_or(NotAnEvent)?,
    }))
}

impl Event {
    /// Returns the delivery outcome and its time, or `None` if the event type is ignored.
    fn outcome(&self) -> Option<(DeliveryOutcome, &str)> {
        match &self.report {
            SesReport::Bounce { bounce } => Some((bounce.outcome(), &bounce.timestamp)),
            SesReport::Complaint { complaint } => {
                complaint.outcome().map(|outcome| (outcome, &*complaint.timestamp))
            }
            SesReport::Delivery { delivery } => Some((DeliveryOutcome::Delivered, &delivery.timestamp)),
            SesReport::DeliveryDelay { delivery_delay } => {
                Some((DeliveryOutcome::Delayed, &delivery_delay.timestamp))
            }
            // SES does not deliver the email because it contains harmful content. A Reject event contains no timestamp
            // other than that of the email.
            SesReport::Reject => Some((DeliveryOutcome::Refused, &self.mail.timestamp)),
            SesReport::Ignored => None,
        }
    }
}

impl SentMail {
    fn tag(&self, name: &str) -> Option<&str> {
        self.tags.get(name)?.first().map(String::as_str)
    }
}

/// The subtype of bounces and complaints for emails that SES did not send because the address is on the account's
/// suppression list.
const ON_SUPPRESSION_LIST: &str = "OnAccountSuppressionList";

impl Bounce {
    /// Returns the delivery outcome. SES reports a bounce only if it will not retry the delivery.
    fn outcome(&self) -> DeliveryOutcome {
        match (self.bounce_type.as_str(), self.bounce_sub_type.as_str()) {
            (_, "Suppressed" | ON_SUPPRESSION_LIST) => DeliveryOutcome::Suppressed,
            ("Permanent", _) => DeliveryOutcome::Undeliverable,
            (_, "MailboxFull") => DeliveryOutcome::MailboxFull,
            (_, "MessageTooLarge" | "ContentRejected" | "AttachmentRejected") => DeliveryOutcome::Refused,
            _ => DeliveryOutcome::TemporaryFailure,
        }
    }
}

impl Complaint {
    /// Returns the delivery outcome, or `None` if the recipient reported that the email is not spam (`not-spam`, RFC
    /// 6430).
    fn outcome(&self) -> Option<DeliveryOutcome> {
        if self.complaint_sub_type.as_deref() == Some(ON_SUPPRESSION_LIST) {
            return Some(DeliveryOutcome::Suppressed);
        }
        (self.complaint_feedback_type.as_deref() != Some("not-spam")).then_some(DeliveryOutcome::Complained)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event(kind: &str, member: &str, content: Value) -> Value {
        let mail = json!({
            "timestamp": "2026-11-22T00:00:00.250Z",
            "source": "ra@example.jp",
            "messageId": "1",
            "destination": ["hanako@example.jp"],
            "headers": [{ "name": "To", "value": "hanako@example.jp" }],
            "tags": {
                "ses:configuration-set": ["events"],
                "outbox-id": ["00ff"],
                "send-number": ["2"],
            },
        });
        json!({ "eventType": kind, "mail": mail, (member): content })
    }

    fn bounce(kind: &str, sub_type: &str) -> Value {
        let content = json!({
            "bounceType": kind,
            "bounceSubType": sub_type,
            "bouncedRecipients": [{ "emailAddress": "hanako@example.jp", "diagnosticCode": "smtp; 550" }],
            "timestamp": "2026-11-22T00:00:03.669Z",
        });
        event("Bounce", "bounce", content)
    }

    fn complaint(more: Value) -> Value {
        let mut content = json!({ "timestamp": "2026-11-22T00:00:03Z" });
        content.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event("Complaint", "complaint", content)
    }

    fn read(event: &Value) -> Result<Option<DeliveryReport>, NotAnEvent> {
        delivery_report(Some(&event.to_string()))
    }

    fn outcome(event: &Value) -> Option<DeliveryOutcome> {
        read(event).unwrap().map(|report| report.outcome)
    }

    #[test]
    fn a_report_contains_the_email_and_the_time() {
        let report = read(&bounce("Permanent", "General")).unwrap().unwrap();
        let expected = DeliveryReport {
            outbox_id: "00ff".to_owned(),
            send_number: Some(2),
            outcome: DeliveryOutcome::Undeliverable,
            at: Timestamp::try_from(1_795_305_603).unwrap(),
        };
        assert_eq!(report, expected);
    }

    #[test]
    fn every_event_type_maps_to_its_outcome() {
        use DeliveryOutcome::*;
        let moment = json!({ "timestamp": "2026-11-22T00:00:03Z", "delayType": "MailboxFull" });
        for (event, expected) in [
            (bounce("Permanent", "General"), Some(Undeliverable)),
            (bounce("Permanent", "NoEmail"), Some(Undeliverable)),
            (bounce("Permanent", "Suppressed"), Some(Suppressed)),
            (bounce("Permanent", "OnAccountSuppressionList"), Some(Suppressed)),
            (bounce("Transient", "General"), Some(TemporaryFailure)),
            (bounce("Transient", "MailboxFull"), Some(MailboxFull)),
            (bounce("Transient", "ContentRejected"), Some(Refused)),
            (bounce("Undetermined", "Undetermined"), Some(TemporaryFailure)),
            (bounce("Transient", "SomethingNew"), Some(TemporaryFailure)),
            (complaint(json!({})), Some(Complained)),
            (
                complaint(json!({ "complaintSubType": null, "complaintFeedbackType": "abuse" })),
                Some(Complained),
            ),
            (complaint(json!({ "complaintSubType": "OnAccountSuppressionList" })), Some(Suppressed)),
            (complaint(json!({ "complaintFeedbackType": "not-spam" })), None),
            (event("Delivery", "delivery", moment.clone()), Some(Delivered)),
            (event("DeliveryDelay", "deliveryDelay", moment.clone()), Some(Delayed)),
            (event("Reject", "reject", json!({ "reason": "Bad content" })), Some(Refused)),
            (event("Send", "send", json!({})), None),
            (event("Open", "open", moment), None),
            (event("Rendering Failure", "failure", json!({})), None),
        ] {
            assert_eq!(outcome(&event), expected, "{event}");
        }
    }

    #[test]
    fn events_for_emails_of_other_services_are_ignored() {
        let mut other = bounce("Permanent", "General");
        other["mail"].as_object_mut().unwrap().remove("tags");
        assert_eq!(outcome(&other), None);
        other["mail"]["tags"] = json!({ "ses:configuration-set": ["events"] });
        assert_eq!(outcome(&other), None);
    }

    #[test]
    fn an_invalid_event_is_refused_and_the_error_omits_its_content() {
        let with = |pointer: &str, value: Value| {
            let mut event = bounce("Permanent", "General");
            *event.pointer_mut(pointer).unwrap() = value;
            event
        };
        for refused in [
            json!("hanako@example.jp"),
            json!({ "Type": "Notification", "Message": bounce("Permanent", "General").to_string() }),
            event("Bounce", "complaint", json!({ "timestamp": "2026-11-22T00:00:03Z" })),
            with("/mail", json!("hanako@example.jp")),
            with("/bounce/timestamp", json!("hanako@example.jp")),
            with("/mail/tags/send-number", json!(["hanako@example.jp"])),
        ] {
            let error = read(&refused).unwrap_err().to_string();
            assert!(!error.contains("hanako"), "{error}");
        }
        for body in [None, Some(""), Some("hanako@example.jp")] {
            assert!(delivery_report(body).is_err());
        }
    }
}
