//! Revocation reasons, revocation timing, and signed revocation statements.

use serde::{Deserialize, Serialize};

pub use pki::revocation::{CertificateStatus, RevocationReason, RevokedCertificate};

use super::{
    DAY, Timestamp,
    crl_scope::CrlScope,
    numbers::{CouponNumber, SerialNumber},
    receipt::ReceiptNumber,
};

/// The setting that determines when the old certificate is revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RevocationTiming {
    /// The certificate is revoked in the transaction that accepts the application.
    #[default]
    Submission,
    /// The certificate is revoked at pick-up, but no later than [`PICKUP_REVOCATION_CAP`] seconds after acceptance.
    #[serde(rename = "pickup")]
    PickUp,
}

/// The maximum time from acceptance to revocation with [`RevocationTiming::PickUp`], in seconds.
pub const PICKUP_REVOCATION_CAP: i64 = 14 * DAY;

/// The error returned if the setting is neither `submission` nor `pickup`.
#[derive(Debug, thiserror::Error)]
#[error("the revocation timing must be `submission` or `pickup`")]
pub struct UnknownTiming;

impl std::str::FromStr for RevocationTiming {
    type Err = UnknownTiming;

    fn from_str(name: &str) -> Result<Self, UnknownTiming> {
        match name {
            "submission" => Ok(Self::Submission),
            "pickup" => Ok(Self::PickUp),
            _ => Err(UnknownTiming),
        }
    }
}

impl RevocationTiming {
    /// Returns the latest revocation time for an application that was accepted at `accepted_at`. Returns `None` if
    /// acceptance itself revokes the certificate.
    pub fn latest(self, accepted_at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Submission => None,
            Self::PickUp => Some(accepted_at.plus(PICKUP_REVOCATION_CAP)),
        }
    }
}

/// The first CRL that listed a revocation: a CRL for the certificate's shard, or a complete CRL if the certificate has
/// no shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    pub scope: CrlScope,
    /// The CRL number.
    pub number: u64,
    /// The thisUpdate field of the CRL.
    pub at: Timestamp,
}

/// The statement that is signed before a revocation takes effect. The statement proves the time and origin of the
/// request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RevocationStatement<'a> {
    /// The certificate's serial number, in hexadecimal.
    pub serial_number: &'a SerialNumber,
    /// The SHA-256 hash of the DER-encoded certificate, in hexadecimal.
    pub certificate_sha256: &'a str,
    /// The certificate's coupon number.
    pub coupon_number: &'a CouponNumber,
    pub reason: RevocationReason,
    /// The revocation time, in seconds since 1970-01-01T00:00:00Z.
    pub revoked_at: Timestamp,
    /// The receipt number of the application that caused the revocation.
    pub receipt_number: &'a ReceiptNumber,
}

/// A [`RevocationStatement`] with its signature, as stored in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedStatement {
    /// The statement in canonical JSON.
    pub payload: String,
    /// The detached JWS over the payload (RFC 7515, Appendix F).
    pub jws: String,
}
