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
    /// In the transaction that accepts the application.
    #[default]
    Submission,
    /// At the pick-up of the new certificate, but no later than [`PICKUP_REVOCATION_CAP`] seconds after acceptance.
    #[serde(rename = "pickup")]
    PickUp,
}

/// The maximum time from acceptance to revocation with [`RevocationTiming::PickUp`], in seconds.
pub const PICKUP_REVOCATION_CAP: i64 = 14 * DAY;

/// The setting is neither `submission` nor `pickup`.
#[derive(Debug, thiserror::Error)]
#[error("the revocation timing is `submission` or `pickup`")]
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
    /// Returns the latest time of revocation for an application that was accepted at `accepted_at`. Returns `None` when
    /// the acceptance itself revokes the certificate.
    pub fn latest(self, accepted_at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Submission => None,
            Self::PickUp => Some(accepted_at.plus(PICKUP_REVOCATION_CAP)),
        }
    }
}

/// The first CRL that listed a revocation: the CRL of the certificate's shard, or the complete CRL for a certificate
/// without a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The scope of the CRL.
    pub scope: CrlScope,
    /// The CRL number.
    pub number: u64,
    /// thisUpdate of the CRL.
    pub at: Timestamp,
}

/// The content that is signed before a revocation takes effect. It proves the time and the origin of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RevocationStatement<'a> {
    /// The certificate's serial number at its issuer, in hexadecimal.
    pub serial_number: &'a SerialNumber,
    /// SHA-256 of the certificate's DER, in hexadecimal.
    pub certificate_sha256: &'a str,
    /// The certificate's coupon number.
    pub coupon_number: &'a CouponNumber,
    /// The reason.
    pub reason: RevocationReason,
    /// The time of revocation, in seconds since 1970 UTC.
    pub revoked_at: Timestamp,
    /// The receipt number of the application that requested the revocation.
    pub receipt_number: &'a ReceiptNumber,
}

/// A [`RevocationStatement`] with its signature, as stored in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedStatement {
    /// The canonical JSON of the statement.
    pub payload: String,
    /// The detached JWS over the payload (RFC 7515 appendix F).
    pub jws: String,
}
