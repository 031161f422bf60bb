//! The certificate record of the registration authority, and the conditions for reissue.

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

/// A certificate is reissuable if *more* than this number of days remains in its validity.
pub const MINIMUM_DAYS_LEFT: i64 = 30;

/// The state of a certificate: `Active` → `Revoked`, which is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum CertificateState {
    /// Not revoked. Expiry is not a state, because it follows from the validity.
    Active,
    /// Permanently revoked.
    Revoked {
        /// The reason.
        reason: RevocationReason,
        /// The time of revocation.
        at: Timestamp,
    },
}

/// A certificate that was issued to a subscriber.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The coupon number at the registration authority.
    pub coupon_number: CouponNumber,
    /// The serial number at the issuer.
    pub serial_number: SerialNumber,
    /// The SHA-256 of the certificate's DER in lower-case hexadecimal.
    pub sha256: String,
    /// The validity period.
    pub validity: Validity,
    /// The subject's common name.
    pub common_name: RecordedName,
    /// The evidence from the first authentication.
    pub fixed: FixedFields,
    /// The organisation's corporate number, which the organizationIdentifier attribute contains.
    pub corporate_number: CorporateNumber,
    /// The fields of the application for this certificate. They pre-fill the next application.
    pub application: ApplicationFields,
    /// The revocation state.
    #[serde(flatten)]
    pub state: CertificateState,
    /// The CRL shard to which the certificate refers; `None` if only the complete CRL can list the certificate.
    pub crl_shard: Option<CrlShard>,
    /// The receipt number of the accepted application that replaces the certificate, if one exists.
    pub replaced_by: Option<ReceiptNumber>,
}

/// The reason why a certificate cannot be reissued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReissuable {
    /// The certificate is revoked.
    Revoked,
    /// An accepted application already replaces the certificate.
    ReissueInProgress,
    /// The validity has ended.
    Expired,
    /// The validity has not begun.
    NotYetValid,
    /// At most [`MINIMUM_DAYS_LEFT`] days of the validity remain.
    ValidityTooShort,
}

impl Certificate {
    /// The certified email address, which was registered in the application for this certificate.
    pub fn email_address(&self) -> &EmailAddress {
        &self.application.email_address
    }

    /// The subject of the certificate that replaces this one.
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
    /// The first applicable [`NotReissuable`]. Permanent reasons come before temporary ones.
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
