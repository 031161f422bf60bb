//! What became of the mails with certificate codes, as the mail service reports it.

use serde::{Deserialize, Serialize};

use super::{
    Timestamp,
    application::{Outcome, Receipt},
};

/// What became of a mail, in rising order: of all that is reported of one mail the greatest is what the receipt says,
/// in whatever order and however often the reports come.
///
/// A failure that may pass stands below [`Self::Delivered`]: mail services report an absence note as one, after the
/// delivery. One that will not pass stands above it: a mail server may take a mail and send it back later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryOutcome {
    /// The recipient's mail server does not take it now; it is being tried again.
    Delayed,
    /// It was tried for long enough, or sent back for a reason that is unknown or may pass.
    TemporaryFailure,
    /// The mailbox was full.
    MailboxFull,
    /// It was refused for what it holds or for its size.
    Refused,
    /// The recipient's mail server took it.
    Delivered,
    /// It arrived and was reported as unwanted.
    Complained,
    /// It was not tried: earlier mails to the address came back or were reported as unwanted.
    Suppressed,
    /// There is no such mailbox, or the mail server refuses it for good.
    Undeliverable,
}

/// What kind of news an outcome is, from the sender's point of view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    /// It is being tried.
    Delayed,
    /// It arrived.
    Delivered,
    /// It came back, or was never tried.
    Bounced,
    /// It arrived and was unwelcome.
    Complained,
}

impl DeliveryOutcome {
    /// Its name in records, in the API and in the log.
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

    /// What kind of news this is.
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

/// What became of the mails with one certificate code. There is more than one mail with a code only if a sending was
/// repeated because its success was not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Which of the application's codes.
    pub send_number: u32,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// When, by the mail service's clock.
    pub at: Timestamp,
}

/// What is known of the mails of one application, one [`Delivery`] for each code at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Deliveries(Vec<Delivery>);

impl Deliveries {
    /// What is known once `report` is, too; `None` when it says nothing new.
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

    /// What is known of code `send_number`.
    pub fn of(&self, send_number: u32) -> Option<Delivery> {
        self.iter().find(|known| known.send_number == send_number)
    }

    /// Everything that is known, in no order.
    pub fn iter(&self) -> impl Iterator<Item = Delivery> {
        self.0.iter().copied()
    }
}

/// How far the mail with the latest code has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatestMail {
    /// It has yet to be sent.
    Waiting,
    /// It was handed over for delivery, and no more is known.
    Sent,
    /// This became of it.
    Reported(DeliveryOutcome),
}

impl Receipt<'_> {
    /// How far the mail with the latest code has come. One that was asked for and is not made yet is the latest.
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
