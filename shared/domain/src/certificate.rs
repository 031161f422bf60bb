//! The certificate as the registration authority records it, and the conditions for its reissue.

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

/// A certificate is reissuable if *more* than this many days of its validity are left.
pub const MINIMUM_DAYS_LEFT: i64 = 30;

/// The state of a certificate: `Active` → `Revoked`, which is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum CertificateState {
    /// Not revoked. Expiry is not a state; it follows from the validity.
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
    /// Its number at the registration authority.
    pub coupon_number: CouponNumber,
    /// Its serial number at its issuer.
    pub serial_number: SerialNumber,
    /// SHA-256 of its DER in lower-case hexadecimal.
    pub sha256: String,
    /// Its validity.
    pub validity: Validity,
    /// The subject's common name.
    pub common_name: RecordedName,
    /// Evidence of the first authentication.
    pub fixed: FixedFields,
    /// The organisation's corporate number, for the organizationIdentifier.
    pub corporate_number: CorporateNumber,
    /// The fields of its application, which pre-fill the next one.
    pub application: ApplicationFields,
    /// The revocation state.
    #[serde(flatten)]
    pub state: CertificateState,
    /// The CRL shard that it names; `None` when only the complete CRL can list it.
    pub crl_shard: Option<CrlShard>,
    /// The accepted application that replaces it, if there is one.
    pub replaced_by: Option<ReceiptNumber>,
}

/// The reason that a certificate cannot be reissued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum NotReissuable {
    /// It is revoked.
    Revoked,
    /// An accepted application already replaces it.
    ReissueInProgress,
    /// Its validity has ended.
    Expired,
    /// Its validity has not begun.
    NotYetValid,
    /// [`MINIMUM_DAYS_LEFT`] days or fewer are left.
    ValidityTooShort,
}

impl Certificate {
    /// The email address that it certifies: the one registered in its application.
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
    /// The first applicable [`NotReissuable`], the most final reason first.
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
