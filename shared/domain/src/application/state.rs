//! The states of an application: `draft` → `confirmed` → `accepted` → `pickedUp` or `expired`.

use serde::{Deserialize, Serialize};

use super::{ApplicationFields, CompleteFields};
use crate::{
    DAY, HOUR, MINUTE, Timestamp,
    contact::EmailAddress,
    crl_scope::CrlShard,
    delivery::Deliveries,
    enrollment::EnrollmentId,
    fields::Language,
    numbers::{CouponNumber, SerialNumber},
    receipt::ReceiptNumber,
    revocation::RevocationTiming,
};

/// The promised maximum time until the new certificate code reaches the subscriber, in seconds.
pub const MAIL_PROMISE: i64 = 60 * MINUTE;
/// The time within which an accepted application can be picked up, in seconds. At issuance, the verification of the
/// mailbox may be at most 30 days old (S/MIME Baseline Requirements §4.2.1).
pub const APPLICATION_LIFETIME: i64 = 30 * DAY;
/// The time between the reminder email and the expiry of an application, in seconds.
pub const REMINDER_BEFORE_END: i64 = 7 * DAY;
/// The maximum number of requests for another certificate code.
pub const MAX_RESENDS: usize = 5;
/// The minimum time between two requests for a certificate code, in seconds.
pub const RESEND_INTERVAL: i64 = 5 * MINUTE;
/// The maximum number of corrections of a mistyped email address.
pub const MAX_CORRECTIONS: usize = 3;
/// The time within which a claimed certificate must be signed, in seconds. Its notBefore is the time of the claim.
const CLAIM_LIFETIME: i64 = DAY;

/// A reissue application in the state `S`: [`Draft`] → [`Confirmed`] → [`Accepted`] → [`PickedUp`] or [`Expired`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application<S> {
    /// The certificate to replace.
    pub coupon_number: CouponNumber,
    /// The version, increased by every write until the acceptance. After the acceptance, only changes of the state or
    /// of the email address increase it. Each write requires that the state, and the version or the fields, are
    /// unchanged since they were read.
    pub version: u64,
    /// The data that belongs to the state.
    pub state: S,
}

/// The application is pre-filled from the certificate's record. The subscriber has not entered the fields yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The fields that are already known.
    pub fields: ApplicationFields,
}

/// The subscriber has entered complete and valid fields, and can still change them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The fields that the subscriber entered.
    pub fields: CompleteFields,
}

/// The application was submitted. Only a mistyped email address can still be corrected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The submitted fields, with the latest corrected email address.
    pub fields: CompleteFields,
    /// The receipt number.
    pub receipt_number: ReceiptNumber,
    /// The time of acceptance.
    pub accepted_at: Timestamp,
    /// The revocation timing that was configured at acceptance.
    pub timing: RevocationTiming,
    /// The language of the emails.
    pub language: Language,
    /// The latest certificate code for the current email address, if a code was generated.
    pub mailed_code: Option<MailedCode>,
    /// The times at which certificate codes were submitted for delivery.
    #[serde(default)]
    pub codes_sent: Vec<Timestamp>,
    /// The delivery outcomes of the emails that contain certificate codes.
    #[serde(default)]
    pub deliveries: Deliveries,
    /// The times at which the subscriber requested another certificate code, at most [`MAX_RESENDS`].
    #[serde(default)]
    pub resends: Vec<Timestamp>,
    /// The corrections of the email address in chronological order, at most [`MAX_CORRECTIONS`].
    #[serde(default)]
    pub corrections: Vec<AddressCorrection>,
    /// The issuance claim, if issuance has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<IssuanceClaim>,
}

/// The new certificate was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickedUp {
    /// The data of the accepted application.
    #[serde(flatten)]
    pub accepted: Accepted,
    /// The time of the pick-up.
    pub picked_up_at: Timestamp,
    /// The new certificate.
    pub issued: IssuedCertificate,
}

/// The subscriber did not pick up the new certificate within [`APPLICATION_LIFETIME`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expired {
    /// The data of the accepted application.
    #[serde(flatten)]
    pub accepted: Accepted,
    /// The time of expiry.
    pub expired_at: Timestamp,
}

/// A certificate code that was generated for an email. Only the hash of the code is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailedCode {
    /// The number of the code within the application. Each number has one code.
    pub send_number: u32,
    /// The SHA-256 of the code in lower-case hexadecimal.
    pub sha256: String,
    /// The time at which the code was generated.
    pub made_at: Timestamp,
    /// The time at which the code expires.
    pub expires_at: Timestamp,
    /// The time at which the email was submitted for delivery.
    pub sent_at: Option<Timestamp>,
}

/// A correction of a mistyped email address. Codes that were generated earlier are no longer valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressCorrection {
    /// The time of the correction.
    pub at: Timestamp,
    /// The replaced address, to which earlier codes may have been sent.
    pub replaced: EmailAddress,
    /// The number of the first code after the correction. It is greater than the numbers of all earlier codes.
    pub first_send_number: u32,
}

/// The certificate to be signed, stored before the signature is created. If a later write fails, the signed certificate
/// can still be identified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuanceClaim {
    /// The SHA-256 of the new certificate's SubjectPublicKeyInfo in lower-case hexadecimal.
    pub key_sha256: String,
    /// The new certificate's serial number.
    pub serial_number: SerialNumber,
    /// The CRL shard to which the new certificate refers.
    pub crl_shard: CrlShard,
    /// The linted to-be-signed bytes: the base64 encoding of a TBSCertificate (RFC 5280 §4.1.2) in DER.
    pub to_be_signed: String,
    /// The time of the claim.
    pub claimed_at: Timestamp,
}

/// The certificate that was issued in response to an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedCertificate {
    /// The coupon number at the registration authority.
    pub coupon_number: CouponNumber,
    /// The serial number.
    pub serial_number: SerialNumber,
    /// The enrollment that contains the certificate. The certificate's code gives access to this enrollment.
    pub enrollment: EnrollmentId,
    /// The SHA-256 of the SubjectPublicKeyInfo in lower-case hexadecimal.
    pub key_sha256: String,
    /// The base64 encoding of the certificate's DER.
    pub der: String,
}

/// The lifetime of a certificate code, 1 to 24 hours (S/MIME Baseline Requirements §3.2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeLifetime {
    hours: u8,
}

/// The lifetime is not a whole number of hours from 1 to 24.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a certificate code lives 1 to 24 whole hours")]
pub struct CodeLifetimeError;

impl CodeLifetime {
    /// The lifetime in seconds.
    pub fn as_seconds(self) -> i64 {
        i64::from(self.hours) * HOUR
    }
}

impl Default for CodeLifetime {
    /// Returns the longest allowed lifetime, 24 hours.
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

/// A stored application in any state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnyApplication {
    /// An application in the state [`Draft`].
    Draft(Application<Draft>),
    /// An application in the state [`Confirmed`].
    Confirmed(Application<Confirmed>),
    /// An application in the state [`Accepted`].
    Accepted(Box<Application<Accepted>>),
    /// An application in the state [`PickedUp`].
    PickedUp(Box<Application<PickedUp>>),
    /// An application in the state [`Expired`].
    Expired(Box<Application<Expired>>),
}

/// The data that the receipt page shows: an accepted application and its outcome.
#[derive(Clone, Copy, Debug)]
pub struct Receipt<'a> {
    /// The certificate to replace.
    pub coupon_number: &'a CouponNumber,
    /// The data of the accepted application.
    pub accepted: &'a Accepted,
    /// The current outcome.
    pub outcome: Outcome<'a>,
}

/// The outcome of an accepted application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// The new certificate has not been picked up yet.
    Waiting,
    /// The new certificate was picked up.
    PickedUp {
        /// The time of the pick-up.
        at: Timestamp,
        /// The new certificate.
        issued: &'a IssuedCertificate,
    },
    /// The application expired before the new certificate was picked up.
    Expired {
        /// The time of expiry.
        at: Timestamp,
    },
}

/// The reason why a request for another certificate code is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoResend {
    /// The new certificate was picked up.
    PickedUp,
    /// The application has expired.
    Expired,
    /// The subscriber has already made [`MAX_RESENDS`] requests.
    LimitReached,
    /// The last request was made less than [`RESEND_INTERVAL`] seconds ago.
    TooSoon {
        /// The earliest time of the next request.
        not_before: Timestamp,
    },
}

/// The reason why a correction of the email address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCorrection {
    /// The new certificate was picked up and contains the address.
    PickedUp,
    /// The application has expired.
    Expired,
    /// Issuance of a certificate that contains the address has begun.
    IssuanceBegun,
    /// The address has already been corrected [`MAX_CORRECTIONS`] times.
    LimitReached,
}

impl Application<Draft> {
    /// Creates the first version of an application, pre-filled from the certificate's record.
    pub fn prefilled(coupon_number: CouponNumber, fields: ApplicationFields) -> Self {
        Self { coupon_number, version: 1, state: Draft { fields } }
    }
}

impl Application<Confirmed> {
    /// Creates the version that follows `shown_version`, with the fields that the subscriber entered.
    pub fn entered(coupon_number: CouponNumber, shown_version: u64, fields: CompleteFields) -> Self {
        Self { coupon_number, version: shown_version.saturating_add(1), state: Confirmed { fields } }
    }

    /// Accepts the application at `accepted_at`. The fields do not change.
    pub fn accept(
        self,
        receipt_number: ReceiptNumber,
        accepted_at: Timestamp,
        timing: RevocationTiming,
        language: Language,
    ) -> Application<Accepted> {
        let state = Accepted {
            fields: self.state.fields,
            receipt_number,
            accepted_at,
            timing,
            language,
            mailed_code: None,
            codes_sent: Vec::new(),
            deliveries: Deliveries::default(),
            resends: Vec::new(),
            corrections: Vec::new(),
            claim: None,
        };
        Application { coupon_number: self.coupon_number, version: self.version + 1, state }
    }
}

impl Application<Accepted> {
    /// Records the pick-up at `picked_up_at`. `issued` replaces the claim.
    pub fn pick_up(self, picked_up_at: Timestamp, issued: IssuedCertificate) -> Application<PickedUp> {
        let accepted = Accepted { claim: None, ..self.state };
        let state = PickedUp { accepted, picked_up_at, issued };
        Application { coupon_number: self.coupon_number, version: self.version + 1, state }
    }

    /// Corrects the email address at `at` and removes the code for the old address. The number of that code is not
    /// reused, because codes are derived from their numbers.
    #[must_use]
    pub fn correct_address(mut self, address: EmailAddress, at: Timestamp) -> Self {
        let replaced = self.state.fields.email_address().clone();
        let first_send_number = self.state.next_send_number();
        self.state.corrections.push(AddressCorrection { at, replaced, first_send_number });
        self.state.fields = self.state.fields.with_email_address(address);
        self.state.mailed_code = None;
        Self { version: self.version + 1, ..self }
    }

    /// Expires the application at `expired_at`. A claim remains stored, because its certificate may have been signed.
    pub fn expire(self, expired_at: Timestamp) -> Application<Expired> {
        let state = Expired { accepted: self.state, expired_at };
        Application { coupon_number: self.coupon_number, version: self.version + 1, state }
    }

    /// Returns the receipt of an application whose new certificate has not been picked up yet.
    pub fn receipt(&self) -> Receipt<'_> {
        Receipt { coupon_number: &self.coupon_number, accepted: &self.state, outcome: Outcome::Waiting }
    }
}

impl Accepted {
    /// The time at which the application expires if the new certificate is not picked up.
    pub fn ends_at(&self) -> Timestamp {
        self.accepted_at.plus(APPLICATION_LIFETIME)
    }

    /// The time of the last event that requested a code: the acceptance, a correction or a resend request.
    pub fn last_asked_for(&self) -> Timestamp {
        self.resends.last().copied().unwrap_or(self.accepted_at).max(self.address_since())
    }

    /// The time at which the current email address was set.
    pub fn address_since(&self) -> Timestamp {
        self.corrections.last().map_or(self.accepted_at, |correction| correction.at)
    }

    /// The email address to which the code with this number was sent.
    pub fn address_of_code(&self, send_number: u32) -> &EmailAddress {
        self.address_before(|correction| correction.first_send_number > send_number)
    }

    /// The email address at the time `at`.
    pub fn address_at(&self, at: Timestamp) -> &EmailAddress {
        self.address_before(|correction| correction.at > at)
    }

    /// The address replaced by the first correction for which `is_later` returns true, or the current address if there
    /// is none.
    fn address_before(&self, is_later: impl Fn(&AddressCorrection) -> bool) -> &EmailAddress {
        let correction = self.corrections.iter().find(|correction| is_later(correction));
        correction.map_or(self.fields.email_address(), |correction| &correction.replaced)
    }

    /// The number of the first code for the current email address.
    pub fn first_send_number(&self) -> u32 {
        self.corrections.last().map_or(1, |correction| correction.first_send_number)
    }

    /// The number of the code for the next request of the subscriber. No existing code has this number.
    pub fn next_send_number(&self) -> u32 {
        let since = self.address_since();
        let asked_again = self.resends.iter().filter(|asked_for| **asked_for > since).count();
        let asked_again = u32::try_from(asked_again).unwrap_or(u32::MAX);
        let asked_for = self.first_send_number().saturating_add(asked_again);
        asked_for.max(self.greatest_send_number()).saturating_add(1)
    }

    /// An upper bound for the numbers of the codes generated so far.
    pub fn greatest_send_number(&self) -> u32 {
        let before_correction = self.first_send_number().saturating_sub(1);
        self.mailed_code.as_ref().map_or(before_correction, |made| made.send_number)
    }

    /// Returns the claim for the key with this hash, if the claim can still be signed at `now`.
    pub fn claim_for(&self, key_sha256: &str, now: Timestamp) -> Option<&IssuanceClaim> {
        let claim = self.claim.as_ref().filter(|claim| claim.key_sha256 == key_sha256);
        claim.filter(|claim| now.since(claim.claimed_at) < CLAIM_LIFETIME)
    }
}

impl<'a> Receipt<'a> {
    /// Checks that another certificate code can be requested at `now`.
    ///
    /// # Errors
    ///
    /// The first applicable [`NoResend`]. Permanent reasons come before temporary ones.
    pub fn check_resend(&self, now: Timestamp) -> Result<(), NoResend> {
        let not_before = self.accepted.last_asked_for().plus(RESEND_INTERVAL);
        match self.outcome {
            Outcome::PickedUp { .. } => Err(NoResend::PickedUp),
            Outcome::Expired { .. } => Err(NoResend::Expired),
            Outcome::Waiting if now >= self.accepted.ends_at() => Err(NoResend::Expired),
            Outcome::Waiting if self.resends_left() == 0 => Err(NoResend::LimitReached),
            Outcome::Waiting if now < not_before => Err(NoResend::TooSoon { not_before }),
            Outcome::Waiting => Ok(()),
        }
    }

    /// The number of certificate codes that the subscriber can still request.
    pub fn resends_left(&self) -> usize {
        MAX_RESENDS.saturating_sub(self.accepted.resends.len())
    }

    /// Checks that the email address can be corrected at `now`.
    ///
    /// # Errors
    ///
    /// The first applicable [`NoCorrection`]. Permanent reasons come before temporary ones.
    pub fn check_correction(&self, now: Timestamp) -> Result<(), NoCorrection> {
        match self.outcome {
            Outcome::PickedUp { .. } => Err(NoCorrection::PickedUp),
            Outcome::Expired { .. } => Err(NoCorrection::Expired),
            Outcome::Waiting if now >= self.accepted.ends_at() => Err(NoCorrection::Expired),
            Outcome::Waiting if self.accepted.claim.is_some() => Err(NoCorrection::IssuanceBegun),
            Outcome::Waiting if self.corrections_left() == 0 => Err(NoCorrection::LimitReached),
            Outcome::Waiting => Ok(()),
        }
    }

    /// The number of email address corrections that are still allowed.
    pub fn corrections_left(&self) -> usize {
        MAX_CORRECTIONS.saturating_sub(self.accepted.corrections.len())
    }

    /// The new certificate, if it was picked up.
    pub fn issued(&self) -> Option<&'a IssuedCertificate> {
        match self.outcome {
            Outcome::PickedUp { issued, .. } => Some(issued),
            Outcome::Waiting | Outcome::Expired { .. } => None,
        }
    }
}

impl AnyApplication {
    /// The certificate to replace.
    pub fn coupon_number(&self) -> &CouponNumber {
        match self {
            Self::Draft(application) => &application.coupon_number,
            Self::Confirmed(application) => &application.coupon_number,
            Self::Accepted(application) => &application.coupon_number,
            Self::PickedUp(application) => &application.coupon_number,
            Self::Expired(application) => &application.coupon_number,
        }
    }

    /// The version of the application.
    pub fn version(&self) -> u64 {
        match self {
            Self::Draft(application) => application.version,
            Self::Confirmed(application) => application.version,
            Self::Accepted(application) => application.version,
            Self::PickedUp(application) => application.version,
            Self::Expired(application) => application.version,
        }
    }

    /// The current fields.
    pub fn fields(&self) -> &ApplicationFields {
        match self {
            Self::Draft(application) => &application.state.fields,
            Self::Confirmed(application) => application.state.fields.as_fields(),
            Self::Accepted(application) => application.state.fields.as_fields(),
            Self::PickedUp(application) => application.state.accepted.fields.as_fields(),
            Self::Expired(application) => application.state.accepted.fields.as_fields(),
        }
    }

    /// Returns the receipt. A draft or confirmed application has no receipt.
    pub fn receipt(&self) -> Option<Receipt<'_>> {
        let coupon_number = self.coupon_number();
        match self {
            Self::Draft(_) | Self::Confirmed(_) => None,
            Self::Accepted(application) => Some(application.receipt()),
            Self::PickedUp(application) => {
                let PickedUp { accepted, picked_up_at, issued } = &application.state;
                let outcome = Outcome::PickedUp { at: *picked_up_at, issued };
                Some(Receipt { coupon_number, accepted, outcome })
            }
            Self::Expired(application) => {
                let Expired { accepted, expired_at } = &application.state;
                Some(Receipt { coupon_number, accepted, outcome: Outcome::Expired { at: *expired_at } })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns an application in the format that was stored before addresses could be corrected.
    fn accepted() -> Application<Accepted> {
        let state = serde_json::json!({
            "fields": { "emailAddress": "tarou@example.co.jp" },
            "receipt_number": ReceiptNumber::from_random([0; 11]),
            "accepted_at": 1_795_305_600,
            "timing": "submission",
            "language": "ja",
            "mailed_code": null,
        });
        let coupon_number = CouponNumber::from_random([0; 8]);
        Application { coupon_number, version: 3, state: serde_json::from_value(state).unwrap() }
    }

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
            application.correct_address("taro@example.co.jp".parse().unwrap(), at)
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
    fn a_code_lifetime_is_1_to_24_hours() {
        assert_eq!(CodeLifetime::default().as_seconds(), DAY);
        assert_eq!("1".parse::<CodeLifetime>().map(CodeLifetime::as_seconds), Ok(HOUR));
        for refused in ["0", "25", "-1", "1.5", "", "a day"] {
            assert_eq!(refused.parse::<CodeLifetime>(), Err(CodeLifetimeError), "{refused}");
        }
    }
}
