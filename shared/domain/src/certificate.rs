//! Certificate records and the conditions for a reissue.

use pki::SubjectName;
pub use pki::Validity;
use serde::{Deserialize, Serialize};

use super::{
    DAY, Timestamp,
    application::{ApplicationFields, FixedFields},
    contact::EmailAddress,
    crl_scope::CrlShard,
    numbers::{CorporateNumber, CouponNumber, SerialNumber},
    receipt::ReceiptNumber,
    revocation::RevocationReason,
    text::RecordedName,
};

/// A certificate can be reissued only if its remaining validity is *more* than this number of days.
pub const MINIMUM_DAYS_LEFT: i64 = 30;

/// The revocation state of a certificate. The state `Revoked` is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum CertificateState {
    /// Not revoked. Expiry is not a separate state, because the validity period determines it.
    Active,
    /// Permanently revoked.
    Revoked { reason: RevocationReason, at: Timestamp },
}

/// The record of a certificate that was issued to a subscriber.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    pub coupon_number: CouponNumber,
    pub serial_number: SerialNumber,
    /// The SHA-256 hash of the DER-encoded certificate, in lower-case hexadecimal.
    pub sha256: String,
    pub validity: Validity,
    /// The subject's common name.
    pub common_name: RecordedName,
    /// The evidence from the subscriber's first authentication.
    pub fixed: FixedFields,
    /// The corporate number in the certificate's organizationIdentifier attribute.
    pub corporate_number: CorporateNumber,
    /// The fields of the application for this certificate. The next application is pre-filled with these fields.
    pub application: ApplicationFields,
    #[serde(flatten)]
    pub state: CertificateState,
    /// The CRL shard named in the certificate; `None` if only the complete CRL can list the certificate.
    pub crl_shard: Option<CrlShard>,
    /// The receipt number of the accepted application that replaces this certificate, if one exists.
    pub replaced_by: Option<ReceiptNumber>,
}

/// The reason why a certificate cannot be reissued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReissuable {
    /// The certificate is revoked.
    Revoked,
    /// An application to replace the certificate was already accepted.
    ReissueInProgress,
    /// The validity period has ended.
    Expired,
    /// The validity period has not begun.
    NotYetValid,
    /// The remaining validity is at most [`MINIMUM_DAYS_LEFT`] days.
    ValidityTooShort,
}

impl Certificate {
    /// Returns the email address that the certificate contains.
    pub fn email_address(&self) -> &EmailAddress {
        &self.application.email_address
    }

    /// Returns the subject name for a replacement certificate.
    pub fn subject_name(&self) -> SubjectName {
        SubjectName::new(
            self.fixed.organization_name_en.to_directory_string(),
            self.corporate_number.to_organization_identifier(),
            self.common_name.to_directory_string(),
            &self.fixed.subscriber_name_en.to_directory_string(),
        )
    }

    /// Checks that the certificate can be reissued at `now`.
    ///
    /// # Errors
    ///
    /// Returns the first applicable [`NotReissuable`] variant, in declaration order.
    pub fn check_reissuable(&self, now: Timestamp) -> Result<(), NotReissuable> {
        let left = self.validity.not_after().since(now);
        if matches!(self.state, CertificateState::Revoked { .. }) {
            Err(NotReissuable::Revoked)
        } else if self.replaced_by.is_some() {
            Err(NotReissuable::ReissueInProgress)
        } else if left < 0 {
            Err(NotReissuable::Expired)
        } else if now < self.validity.not_before() {
            Err(NotReissuable::NotYetValid)
        } else if left <= MINIMUM_DAYS_LEFT * DAY {
            Err(NotReissuable::ValidityTooShort)
        } else {
            Ok(())
        }
    }
}
