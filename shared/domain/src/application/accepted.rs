//! An accepted application: its codes, corrections and issuance, and the times that depend on them.

use serde::{Deserialize, Serialize};

use super::{
    CompleteFields,
    hold::{AddressHold, Release},
};
use crate::{
    DAY, HOUR, MINUTE, Timestamp,
    certificate::Certificate,
    contact::EmailAddress,
    crl_scope::CrlShard,
    delivery::Deliveries,
    enrollment::EnrollmentId,
    fields::Language,
    numbers::{CouponNumber, SerialNumber},
    receipt::ReceiptNumber,
    revocation::RevocationTiming,
    session::SessionId,
};

/// The maximum delivery time that the service promises for a new certificate code, in seconds.
pub const MAIL_PROMISE: i64 = 60 * MINUTE;
/// The maximum time between the end of a hold and the sending of the held code, in seconds. With the default hold, the
/// code is sent within [`MAIL_PROMISE`].
pub const MAIL_AFTER_HOLD: i64 = 15 * MINUTE;
/// The length of the pick-up period after acceptance, in seconds. The CA may use a mailbox validation for at most 30
/// days (S/MIME Baseline Requirements §4.2.1).
pub const APPLICATION_LIFETIME: i64 = 30 * DAY;
/// The time between the reminder email and the end of the pick-up period, in seconds.
pub const REMINDER_BEFORE_END: i64 = 7 * DAY;
/// The time within which a claimed certificate must be signed, in seconds. The certificate's notBefore is the time of
/// the claim.
const CLAIM_LIFETIME: i64 = DAY;

/// A submitted application. The subscriber can still correct a mistyped email address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The submitted fields. An address correction changes only the email address.
    pub fields: CompleteFields,
    pub receipt_number: ReceiptNumber,
    pub accepted_at: Timestamp,
    /// The revocation timing that the deployment used when the application was accepted.
    pub timing: RevocationTiming,
    /// The language of emails about the application.
    pub language: Language,
    /// The latest certificate code that was generated for the current email address.
    pub mailed_code: Option<MailedCode>,
    /// The times at which emails with certificate codes were submitted for delivery.
    #[serde(default)]
    pub codes_sent: Vec<Timestamp>,
    /// The delivery outcomes of emails with certificate codes.
    #[serde(default)]
    pub deliveries: Deliveries,
    /// The times of the subscriber's resend requests (at most [`MAX_RESENDS`](super::MAX_RESENDS)).
    #[serde(default)]
    pub resends: Vec<Timestamp>,
    /// The address corrections in chronological order (at most [`MAX_CORRECTIONS`](super::MAX_CORRECTIONS)).
    #[serde(default)]
    pub corrections: Vec<AddressCorrection>,
    /// The hold of the codes for the current email address, if it is not the certificate's address and no officer has
    /// released the application since it was entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_hold: Option<AddressHold>,
    /// The officers' releases in chronological order.
    #[serde(default)]
    pub releases: Vec<Release>,
    /// The issuance claim, if issuance has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<IssuanceClaim>,
}

/// The record of a certificate code that was generated for an email. The record contains only a hash of the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailedCode {
    /// The sequence number of the code, unique within the application.
    pub send_number: u32,
    /// The hash from [`code_sha256`](crate::enrollment::code_sha256).
    pub sha256: String,
    /// The time at which the code was generated.
    pub made_at: Timestamp,
    pub expires_at: Timestamp,
    /// The time at which the email was submitted for delivery.
    pub sent_at: Option<Timestamp>,
}

/// A correction of a mistyped email address. The correction invalidates all previously generated codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressCorrection {
    pub at: Timestamp,
    /// The session that made the correction. Earlier versions of the service did not record the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// The address before the correction. Earlier codes may have been sent to this address.
    pub replaced: EmailAddress,
    /// The number of the first code after the correction, which is greater than the number of any earlier code.
    pub first_send_number: u32,
    /// The number of emails in [`Accepted::codes_sent`] before the correction. Earlier versions of the service did not
    /// record this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes_sent: Option<usize>,
}

/// A certificate that the CA is about to sign. The claim is stored before the signature is created. If a later write
/// fails, the claim still identifies the signed certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuanceClaim {
    /// The SHA-256 hash of the new certificate's SubjectPublicKeyInfo, in lower-case hexadecimal.
    pub key_sha256: String,
    pub serial_number: SerialNumber,
    /// The CRL shard named in the new certificate's cRLDistributionPoints extension.
    pub crl_shard: CrlShard,
    /// The linted TBSCertificate (RFC 5280 §4.1.2) as base64-encoded DER.
    pub to_be_signed: String,
    pub claimed_at: Timestamp,
}

/// The certificate that was issued for an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedCertificate {
    pub coupon_number: CouponNumber,
    pub serial_number: SerialNumber,
    /// The enrollment that contains the certificate. The new certificate code gives access to this enrollment.
    pub enrollment: EnrollmentId,
    /// The SHA-256 hash of the SubjectPublicKeyInfo, in lower-case hexadecimal.
    pub key_sha256: String,
    /// The certificate as base64-encoded DER.
    pub der: String,
}

/// The lifetime of a certificate code: 1 to 24 hours (S/MIME Baseline Requirements §3.2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeLifetime {
    hours: u8,
}

/// The error returned if a code lifetime is not a whole number of hours from 1 to 24.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lifetime of a certificate code must be 1 to 24 whole hours")]
pub struct CodeLifetimeError;

impl CodeLifetime {
    /// Returns the lifetime in seconds.
    pub fn as_seconds(self) -> i64 {
        i64::from(self.hours) * HOUR
    }
}

impl Default for CodeLifetime {
    /// Returns the maximum lifetime of 24 hours.
    fn default() -> Self {
        Self { hours: 24 }
    }
}

impl std::str::FromStr for CodeLifetime {
    type Err = CodeLifetimeError;

    fn from_str(hours: &str) -> Result<Self, CodeLifetimeError> {
        let hours = hours.parse().map_err(|_| CodeLifetimeError)?;
        if (1..=24).contains(&hours) { Ok(Self { hours }) } else { Err(CodeLifetimeError) }
    }
}

impl Accepted {
    /// Returns the end of the pick-up period.
    pub fn ends_at(&self) -> Timestamp {
        self.accepted_at.plus(APPLICATION_LIFETIME)
    }

    /// Returns the time of the latest event that requested a code: acceptance, address correction, resend request or
    /// release.
    pub fn last_asked_for(&self) -> Timestamp {
        let resent = self.resends.last().copied().unwrap_or(self.accepted_at);
        resent.max(self.codes_valid_since())
    }

    /// Returns the latest time at which the code that was requested last is sent, or `None` if an officer must approve
    /// the changed address first.
    pub fn mail_expected_by(&self) -> Option<Timestamp> {
        let promised = self.last_asked_for().plus(MAIL_PROMISE);
        match self.address_hold {
            None => Some(promised),
            Some(hold) => hold.until.map(|until| promised.max(until.plus(MAIL_AFTER_HOLD))),
        }
    }

    /// Returns the hold of codes for the current email address, if it has not ended at `now`.
    pub fn active_hold(&self, now: Timestamp) -> Option<AddressHold> {
        self.address_hold.filter(|hold| hold.is_active(now))
    }

    /// Returns the time since which no event has invalidated all earlier codes: the latest address correction or
    /// release, or the acceptance.
    fn codes_valid_since(&self) -> Timestamp {
        let released = self.releases.last().map(|release| release.at);
        released.map_or(self.address_since(), |at| at.max(self.address_since()))
    }

    pub(super) fn released(mut self, at: Timestamp, stopped_at: Option<Timestamp>) -> Self {
        let first_send_number = self.next_send_number();
        self.releases.push(Release { at, stopped_at, first_send_number });
        self.address_hold = None;
        self.mailed_code = None;
        self
    }

    /// Returns the time at which the current email address was set.
    pub fn address_since(&self) -> Timestamp {
        self.corrections.last().map_or(self.accepted_at, |correction| correction.at)
    }

    /// Returns the email address to which code number `send_number` was sent.
    pub fn address_of_code(&self, send_number: u32) -> &EmailAddress {
        self.address_before(|correction| correction.first_send_number > send_number)
    }

    /// Returns the email address to which the email at this position in [`Self::codes_sent`] was sent.
    pub fn address_of_email(&self, position: usize) -> &EmailAddress {
        self.address_before(|correction| self.codes_sent_before(correction) > position)
    }

    /// Returns the number of emails with codes that were sent before the correction.
    pub fn codes_sent_before(&self, correction: &AddressCorrection) -> usize {
        let earlier = || self.codes_sent.iter().filter(|at| **at < correction.at).count();
        correction.codes_sent.unwrap_or_else(earlier)
    }

    /// Returns the address replaced by the first correction that satisfies `is_later`, or the current address if no
    /// correction does.
    fn address_before(&self, is_later: impl Fn(&AddressCorrection) -> bool) -> &EmailAddress {
        let correction = self.corrections.iter().find(|correction| is_later(correction));
        correction.map_or(self.fields.email_address(), |correction| &correction.replaced)
    }

    /// Returns true if the current email address is not the address in `certificate`. In this case, the subscriber is
    /// notified at the address in the certificate. Addresses that differ only in letter case are considered equal.
    pub fn changes_address_of(&self, certificate: &Certificate) -> bool {
        self.fields.email_address().is_other_mailbox(certificate.email_address())
    }

    /// Returns the number of the first code that may be valid: the first code for the current email address or after
    /// the latest release.
    pub fn first_send_number(&self) -> u32 {
        let corrected = self.corrections.last().map_or(1, |correction| correction.first_send_number);
        self.releases.last().map_or(corrected, |release| corrected.max(release.first_send_number))
    }

    /// Returns the code number for the subscriber's next request. No existing code has this number.
    pub fn next_send_number(&self) -> u32 {
        let since = self.codes_valid_since();
        let asked_again = self.resends.iter().filter(|asked_for| **asked_for > since).count();
        let asked_again = u32::try_from(asked_again).unwrap_or(u32::MAX);
        let asked_for = self.first_send_number().saturating_add(asked_again);
        asked_for.max(self.greatest_send_number()).saturating_add(1)
    }

    /// Returns an upper bound on the numbers of all codes generated so far.
    pub fn greatest_send_number(&self) -> u32 {
        let before_correction = self.first_send_number().saturating_sub(1);
        self.mailed_code.as_ref().map_or(before_correction, |made| made.send_number)
    }

    /// Returns the claim for `key_sha256` if the claimed certificate can still be signed at `now`.
    pub fn claim_for(&self, key_sha256: &str, now: Timestamp) -> Option<&IssuanceClaim> {
        let claim = self.claim.as_ref().filter(|claim| claim.key_sha256 == key_sha256);
        claim.filter(|claim| now.since(claim.claimed_at) < CLAIM_LIFETIME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::{
            AddressChangeHold, AnyApplication, Application, NoCorrection, NoResend, test_support::accepted,
        },
        session::SessionToken,
    };

    fn made(application: &mut Application<Accepted>, send_number: u32) {
        let at = application.state.accepted_at;
        application.state.mailed_code = Some(MailedCode {
            send_number,
            sha256: String::new(),
            made_at: at,
            expires_at: at.plus(DAY),
            sent_at: None,
        });
    }

    #[test]
    fn a_correction_does_not_reuse_the_numbers_of_generated_codes() {
        let corrected = |application: Application<Accepted>, minutes| {
            let at = application.state.accepted_at.plus(minutes * MINUTE);
            let session = SessionToken::new(EnrollmentId::from_random([7; 16]), [9; 32]).id();
            application.correct_address("taro@example.co.jp".parse().unwrap(), session, at)
        };
        let mut application = accepted();
        assert_eq!((application.state.first_send_number(), application.state.next_send_number()), (1, 2));
        // The first two codes expired before they were sent.
        made(&mut application, 3);
        application = corrected(application, 1);
        assert_eq!((application.state.first_send_number(), application.state.next_send_number()), (4, 5));
        assert_eq!((&application.state.mailed_code, application.version), (&None, 4));
        application = corrected(application, 2);
        assert_eq!(application.state.first_send_number(), 5);
        made(&mut application, 5);
        application.state.resends.push(application.state.accepted_at.plus(7 * MINUTE));
        assert_eq!(application.state.next_send_number(), 7);
        application = corrected(application, 8);
        assert_eq!((application.state.first_send_number(), application.state.next_send_number()), (7, 8));
        assert_eq!(application.state.greatest_send_number(), 6);
    }

    #[test]
    fn a_release_invalidates_earlier_codes_and_ends_the_hold() {
        let mut application = accepted();
        let at = |minutes| application.state.accepted_at.plus(minutes * MINUTE);
        let (stopped_at, released_at) = (at(10), at(20));
        application.state.address_hold = Some(AddressChangeHold::Minutes(45).begun_at(at(0)));
        assert_eq!(application.receipt().check_resend(at(9)), Err(NoResend::Held { until: Some(at(45)) }));
        assert_eq!(application.state.mail_expected_by(), Some(at(60)));
        made(&mut application, 1);
        let stopped = application.clone().stop(stopped_at);
        let any = AnyApplication::Stopped(Box::new(stopped.clone()));
        let receipt = any.receipt().unwrap();
        assert_eq!(receipt.check_resend(released_at), Err(NoResend::Stopped));
        assert_eq!(receipt.check_correction(released_at), Err(NoCorrection::Stopped));
        let released = stopped.release(released_at);
        assert_eq!(released.version, application.version + 2);
        assert_eq!((released.state.first_send_number(), released.state.next_send_number()), (2, 3));
        assert_eq!((&released.state.mailed_code, released.state.address_hold), (&None, None));
        assert_eq!(released.state.mail_expected_by(), Some(released_at.plus(MAIL_PROMISE)));
        assert_eq!(application.approve(released_at).state.first_send_number(), 2);
    }

    #[test]
    fn a_code_lifetime_is_1_to_24_hours() {
        assert_eq!(CodeLifetime::default().as_seconds(), DAY);
        assert_eq!("1".parse::<CodeLifetime>().map(CodeLifetime::as_seconds), Ok(HOUR));
        for refused in ["0", "25", "-1", "1.5", "", "a day"] {
            assert_eq!(refused.parse::<CodeLifetime>(), Err(CodeLifetimeError), "{refused}");
        }
    }
}
