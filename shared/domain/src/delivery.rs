//! The delivery outcomes of emails that contain certificate codes.

use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    application::{Outcome, Receipt},
};

/// The reported delivery outcome of an email. The order of the variants defines their rank. The receipt page shows the
/// highest-ranking reported outcome, regardless of the order and number of reports.
///
/// Possibly temporary failures rank below [`Self::Delivered`], because an email service may report an out-of-office
/// reply as a failure after delivery. Permanent failures rank above [`Self::Delivered`], because a mail server may
/// accept an email and return it later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryOutcome {
    /// The recipient's mail server has not accepted the email yet, and the email service is retrying.
    Delayed,
    /// All retries failed, or the email was returned for an unknown or possibly temporary reason.
    TemporaryFailure,
    /// The mailbox was full.
    MailboxFull,
    /// The email was rejected because of its content or size.
    Refused,
    /// The recipient's mail server accepted the email.
    Delivered,
    /// The recipient reported the delivered email as unwanted.
    Complained,
    /// The email was not sent because earlier emails to the address bounced or were reported as unwanted.
    Suppressed,
    /// The mailbox does not exist, or the mail server permanently rejects emails to it.
    Undeliverable,
}

/// A report from the email service about one email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The id of the email's outbox row.
    pub outbox_id: String,
    /// The send number of the certificate code, or `None` if the email contained no code.
    pub send_number: Option<u32>,
    /// The delivery outcome.
    pub outcome: DeliveryOutcome,
    /// The time of the outcome, as reported by the email service.
    pub at: Timestamp,
}

/// A category of delivery outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    /// The email service is retrying.
    Delayed,
    /// The email was delivered.
    Delivered,
    /// The email was returned or never sent.
    Bounced,
    /// The recipient reported the delivered email as unwanted.
    Complained,
}

impl DeliveryOutcome {
    /// Returns the name used in the database and the logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delayed => "delayed",
            Self::TemporaryFailure => "temporaryFailure",
            Self::MailboxFull => "mailboxFull",
            Self::Refused => "refused",
            Self::Delivered => "delivered",
            Self::Complained => "complained",
            Self::Suppressed => "suppressed",
            Self::Undeliverable => "undeliverable",
        }
    }

    /// Returns the outcome's category.
    pub fn kind(self) -> DeliveryKind {
        match self {
            Self::Delayed => DeliveryKind::Delayed,
            Self::Delivered => DeliveryKind::Delivered,
            Self::Complained => DeliveryKind::Complained,
            Self::TemporaryFailure
            | Self::MailboxFull
            | Self::Refused
            | Self::Suppressed
            | Self::Undeliverable => DeliveryKind::Bounced,
        }
    }
}

impl DeliveryKind {
    /// Returns the name used in the logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}

/// The delivery outcome for one certificate code. Two emails contain the same code only if the service retried a send
/// with an unknown result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The sequence number of the code within the application.
    pub send_number: u32,
    pub outcome: DeliveryOutcome,
    /// The time of the outcome, as reported by the email service.
    pub at: Timestamp,
}

/// The known delivery outcomes of one application, with at most one [`Delivery`] per code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Deliveries(Vec<Delivery>);

impl Deliveries {
    /// Returns the outcomes updated with `report`, or `None` if `report` changes nothing.
    pub fn with(&self, report: Delivery) -> Option<Self> {
        let known = self.0.iter().position(|known| known.send_number == report.send_number);
        let mut after = self.0.clone();
        match known {
            None => after.push(report),
            Some(index) if after[index].outcome < report.outcome => after[index] = report,
            Some(_) => return None,
        }
        Some(Self(after))
    }

    /// Returns the delivery outcome for code number `send_number`, if known.
    pub fn of(&self, send_number: u32) -> Option<Delivery> {
        self.iter().find(|known| known.send_number == send_number)
    }

    /// Returns all known outcomes in an unspecified order.
    pub fn iter(&self) -> impl Iterator<Item = Delivery> {
        self.0.iter().copied()
    }
}

/// The delivery state of the email with the latest code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatestMail {
    /// The email has not been sent yet.
    Waiting,
    /// The email was submitted for delivery, but no outcome has been reported yet.
    Sent,
    /// The email service reported this outcome.
    Reported(DeliveryOutcome),
}

impl Receipt<'_> {
    /// Returns the delivery state of the email with the latest code. The latest code may have been requested but not
    /// yet generated.
    pub fn latest_mail(&self) -> LatestMail {
        let Some(code) = &self.accepted.mailed_code else { return LatestMail::Waiting };
        let handled_at = code.sent_at.unwrap_or(code.made_at);
        if self.accepted.last_asked_for() > handled_at && self.outcome == Outcome::Waiting {
            return LatestMail::Waiting;
        }
        match (self.accepted.deliveries.of(code.send_number), code.sent_at) {
            (Some(known), _) => LatestMail::Reported(known.outcome),
            (None, Some(_)) => LatestMail::Sent,
            (None, None) => LatestMail::Waiting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(send_number: u32, outcome: DeliveryOutcome) -> Delivery {
        Delivery { send_number, outcome, at: Timestamp::try_from(1_795_305_600).unwrap() }
    }

    fn all_of(reports: &[Delivery]) -> Deliveries {
        reports.iter().fold(Deliveries::default(), |known, report| known.with(*report).unwrap_or(known))
    }

    #[test]
    fn the_outcome_is_independent_of_the_order_and_repetition_of_reports() {
        use DeliveryOutcome::*;
        for (reports, expected) in [
            (vec![Delayed, Delivered], Delivered),
            (vec![Delayed, MailboxFull], MailboxFull),
            (vec![Delivered, TemporaryFailure], Delivered),
            (vec![Delivered, Complained], Complained),
            (vec![Delivered, Undeliverable], Undeliverable),
            (vec![Delayed, Delivered, TemporaryFailure, Complained], Complained),
        ] {
            let forwards: Vec<_> = reports.iter().map(|outcome| report(1, *outcome)).collect();
            let backwards: Vec<_> = forwards.iter().rev().copied().collect();
            let twice = [forwards.clone(), forwards.clone()].concat();
            for order in [forwards, backwards, twice] {
                assert_eq!(all_of(&order).of(1), Some(report(1, expected)), "{order:?}");
            }
        }
    }

    #[test]
    fn reports_for_one_email_do_not_affect_another() {
        let known = all_of(&[
            report(1, DeliveryOutcome::Undeliverable),
            report(2, DeliveryOutcome::Delivered),
            report(1, DeliveryOutcome::Delivered),
        ]);
        assert_eq!(known.of(1).unwrap().outcome, DeliveryOutcome::Undeliverable);
        assert_eq!(known.of(2).unwrap().outcome, DeliveryOutcome::Delivered);
        assert_eq!(known.of(3), None);
        assert_eq!(known.with(report(2, DeliveryOutcome::Delivered)), None);
    }
}
