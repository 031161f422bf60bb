//! The delivery outcomes of the emails with certificate codes, as the email service reports them.

use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    application::{Outcome, Receipt},
};

/// The outcome of an email, in rising order. The receipt shows the greatest outcome that was reported for an email,
/// regardless of the order and the number of the reports.
///
/// A failure that may be temporary ranks below [`Self::Delivered`], because email services report an absence note as
/// one, after the delivery. A permanent failure ranks above it, because a mail server may accept an email and return it
/// later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryOutcome {
    /// The recipient's mail server does not accept it at present; the email service is retrying.
    Delayed,
    /// The retries ended without success, or it was returned for a reason that is unknown or may be temporary.
    TemporaryFailure,
    /// The mailbox was full.
    MailboxFull,
    /// It was refused because of its content or its size.
    Refused,
    /// The recipient's mail server accepted it.
    Delivered,
    /// It was delivered, and the recipient reported it as unwanted.
    Complained,
    /// It was not sent, because earlier emails to the address bounced or were reported as unwanted.
    Suppressed,
    /// The mailbox does not exist, or the mail server permanently refuses it.
    Undeliverable,
}

/// The kind of an outcome, from the sender's point of view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    /// The email service is retrying.
    Delayed,
    /// It was delivered.
    Delivered,
    /// It was returned, or it was never sent.
    Bounced,
    /// It was delivered, and the recipient reported it as unwanted.
    Complained,
}

impl DeliveryOutcome {
    /// Its name in the database, in the API and in the log.
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

    /// The kind of this outcome.
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
    /// Its name in the API and in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }
}

/// The delivery outcome of the emails with one certificate code. More than one email has the same code only if a send
/// was repeated because its success was not observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The number of the code within the application.
    pub send_number: u32,
    /// The outcome.
    pub outcome: DeliveryOutcome,
    /// The time of the outcome, by the email service's clock.
    pub at: Timestamp,
}

/// The known outcomes of the emails of one application, at most one [`Delivery`] for each code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Deliveries(Vec<Delivery>);

impl Deliveries {
    /// Returns the known outcomes with `report` added; `None` when `report` changes nothing.
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

    /// The known outcome for code `send_number`.
    pub fn of(&self, send_number: u32) -> Option<Delivery> {
        self.iter().find(|known| known.send_number == send_number)
    }

    /// All known outcomes, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = Delivery> {
        self.0.iter().copied()
    }
}

/// The progress of the email with the latest code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatestMail {
    /// The email has not been sent yet.
    Waiting,
    /// The email was handed over for delivery, and no outcome is known yet.
    Sent,
    /// The email service reported this outcome.
    Reported(DeliveryOutcome),
}

impl Receipt<'_> {
    /// The progress of the email with the latest code. A code that was requested but not made yet is the latest.
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
    fn what_is_known_does_not_depend_on_the_order_and_number_of_reports() {
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
    fn one_mail_says_nothing_about_another() {
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
