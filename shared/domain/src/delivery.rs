//! The delivery outcomes that the email service reports for emails with certificate codes.

use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    application::{Outcome, Receipt},
};

/// The outcome of an email. The variants are in ascending order. The receipt page shows the greatest reported outcome
/// of an email, regardless of the order and number of the reports.
///
/// A failure that may be temporary ranks below [`Self::Delivered`], because email services can report an out-of-office
/// reply as such a failure after the delivery. A permanent failure ranks above it, because a mail server may accept an
/// email and return it later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryOutcome {
    /// The recipient's mail server does not accept the email at present, and the email service is retrying.
    Delayed,
    /// All retries failed, or the email was returned for an unknown or possibly temporary reason.
    TemporaryFailure,
    /// The mailbox was full.
    MailboxFull,
    /// The email was rejected because of its content or its size.
    Refused,
    /// The recipient's mail server accepted the email.
    Delivered,
    /// The email was delivered, and the recipient reported it as unwanted.
    Complained,
    /// The email was not sent, because earlier emails to the address bounced or were reported as unwanted.
    Suppressed,
    /// The mailbox does not exist, or the mail server permanently rejects its emails.
    Undeliverable,
}

/// The category of an outcome, from the sender's point of view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    /// The email service is retrying.
    Delayed,
    /// The email was delivered.
    Delivered,
    /// The email was returned or never sent.
    Bounced,
    /// The email was delivered, and the recipient reported it as unwanted.
    Complained,
}

impl DeliveryOutcome {
    /// The name in the database and in the log.
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

    /// The kind of the outcome.
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
    /// The name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}

/// The delivery outcome of the emails that contain the same certificate code. Two emails contain the same code only if
/// the service repeated a send whose result was unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The number of the code within the application.
    pub send_number: u32,
    /// The outcome.
    pub outcome: DeliveryOutcome,
    /// The time of the outcome according to the email service's clock.
    pub at: Timestamp,
}

/// The known delivery outcomes for one application. They contain at most one [`Delivery`] per code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Deliveries(Vec<Delivery>);

impl Deliveries {
    /// Returns the known outcomes updated with `report`, or `None` when `report` changes nothing.
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

    /// Returns the known outcome for the code with the number `send_number`.
    pub fn of(&self, send_number: u32) -> Option<Delivery> {
        self.iter().find(|known| known.send_number == send_number)
    }

    /// Returns all known outcomes in unspecified order.
    pub fn iter(&self) -> impl Iterator<Item = Delivery> {
        self.0.iter().copied()
    }
}

/// The delivery state of the email that contains the latest code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatestMail {
    /// The email has not been sent yet.
    Waiting,
    /// The email was submitted for delivery, and no outcome is known yet.
    Sent,
    /// The email service reported this outcome.
    Reported(DeliveryOutcome),
}

impl Receipt<'_> {
    /// Returns the delivery state of the email that contains the latest code. A requested code counts even if it was
    /// not generated yet.
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
