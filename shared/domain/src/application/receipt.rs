//! The receipt of an accepted application, with the rules for requesting another code and correcting the address.

use super::accepted::{Accepted, IssuedCertificate};
use crate::{MINUTE, Timestamp, numbers::CouponNumber};

/// The maximum number of resend requests per application.
pub const MAX_RESENDS: usize = 5;
/// The minimum time between two code requests, in seconds. Acceptance and address corrections also count as code
/// requests.
pub const RESEND_INTERVAL: i64 = 5 * MINUTE;
/// The maximum number of email address corrections per application.
pub const MAX_CORRECTIONS: usize = 3;

/// An accepted application and its outcome, as shown on the receipt page.
#[derive(Clone, Copy, Debug)]
pub struct Receipt<'a> {
    /// The coupon number of the certificate to replace.
    pub coupon_number: &'a CouponNumber,
    /// The application's version.
    pub version: u64,
    pub accepted: &'a Accepted,
    pub outcome: Outcome<'a>,
}

/// The outcome of an accepted application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// The new certificate has not been picked up yet.
    Waiting,
    /// The new certificate was picked up.
    PickedUp { at: Timestamp, issued: &'a IssuedCertificate },
    /// The application expired before the new certificate was picked up.
    Expired { at: Timestamp },
    /// The application was stopped from the registered mailbox.
    Stopped { at: Timestamp },
    /// An officer rejected the application.
    Rejected {
        at: Timestamp,
        /// The time at which the application was stopped, or `None` if it was not.
        stopped_at: Option<Timestamp>,
    },
}

/// The reason for refusing a resend request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoResend {
    /// The new certificate was picked up.
    PickedUp,
    /// The application has expired.
    Expired,
    /// The application was stopped from the registered mailbox.
    Stopped,
    /// An officer rejected the application.
    Rejected,
    /// The subscriber has already made [`MAX_RESENDS`] requests.
    LimitReached,
    /// Codes for the changed email address are held.
    Held {
        /// The end of the hold, or `None` if an officer must approve the change.
        until: Option<Timestamp>,
    },
    /// Fewer than [`RESEND_INTERVAL`] seconds have passed since the last code request.
    TooSoon {
        /// The earliest time for the next request.
        not_before: Timestamp,
    },
}

/// The reason for refusing an email address correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCorrection {
    /// The new certificate, which contains the address, was already picked up.
    PickedUp,
    /// The application has expired.
    Expired,
    /// The application was stopped from the registered mailbox.
    Stopped,
    /// An officer rejected the application.
    Rejected,
    /// The service has started to issue a certificate that contains the address.
    IssuanceBegun,
    /// The address has already been corrected [`MAX_CORRECTIONS`] times.
    LimitReached,
}

impl<'a> Receipt<'a> {
    /// Checks that the subscriber can request another certificate code at `now`.
    ///
    /// # Errors
    ///
    /// Returns the first applicable [`NoResend`] variant, in declaration order.
    pub fn check_resend(&self, now: Timestamp) -> Result<(), NoResend> {
        let not_before = self.accepted.last_asked_for().plus(RESEND_INTERVAL);
        match self.outcome {
            Outcome::PickedUp { .. } => Err(NoResend::PickedUp),
            Outcome::Expired { .. } => Err(NoResend::Expired),
            Outcome::Stopped { .. } => Err(NoResend::Stopped),
            Outcome::Rejected { .. } => Err(NoResend::Rejected),
            Outcome::Waiting if now >= self.accepted.ends_at() => Err(NoResend::Expired),
            Outcome::Waiting if self.resends_left() == 0 => Err(NoResend::LimitReached),
            Outcome::Waiting => match self.accepted.active_hold(now) {
                Some(hold) => Err(NoResend::Held { until: hold.until }),
                None if now < not_before => Err(NoResend::TooSoon { not_before }),
                None => Ok(()),
            },
        }
    }

    /// Returns the number of remaining resend requests.
    pub fn resends_left(&self) -> usize {
        MAX_RESENDS.saturating_sub(self.accepted.resends.len())
    }

    /// Checks that the email address can be corrected at `now`.
    ///
    /// # Errors
    ///
    /// Returns the first applicable [`NoCorrection`] variant, in declaration order.
    pub fn check_correction(&self, now: Timestamp) -> Result<(), NoCorrection> {
        match self.outcome {
            Outcome::PickedUp { .. } => Err(NoCorrection::PickedUp),
            Outcome::Expired { .. } => Err(NoCorrection::Expired),
            Outcome::Stopped { .. } => Err(NoCorrection::Stopped),
            Outcome::Rejected { .. } => Err(NoCorrection::Rejected),
            Outcome::Waiting if now >= self.accepted.ends_at() => Err(NoCorrection::Expired),
            Outcome::Waiting if self.accepted.claim.is_some() => Err(NoCorrection::IssuanceBegun),
            Outcome::Waiting if self.corrections_left() == 0 => Err(NoCorrection::LimitReached),
            Outcome::Waiting => Ok(()),
        }
    }

    /// Returns the number of remaining address corrections.
    pub fn corrections_left(&self) -> usize {
        MAX_CORRECTIONS.saturating_sub(self.accepted.corrections.len())
    }

    /// Returns the new certificate, or `None` if it was not picked up.
    pub fn issued(&self) -> Option<&'a IssuedCertificate> {
        match self.outcome {
            Outcome::PickedUp { issued, .. } => Some(issued),
            Outcome::Waiting
            | Outcome::Expired { .. }
            | Outcome::Stopped { .. }
            | Outcome::Rejected { .. } => None,
        }
    }
}
