//! Revocation: why, when, and the statement that records it.

use serde::{Deserialize, Serialize};

pub use pki::revocation::{CertificateStatus, RevocationReason, RevokedCertificate};

use super::{
    DAY, Timestamp,
    crl_scope::CrlScope,
    numbers::{CouponNumber, SerialNumber},
    receipt::ReceiptNumber,
};

/// When the old certificate is revoked; a setting of the deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RevocationTiming {
    /// In the transaction that accepts the application.
    #[default]
    Submission,
    /// When the new certificate is picked up, at the latest [`PICKUP_REVOCATION_CAP`] after acceptance.
    #[serde(rename = "pickup")]
    PickUp,
}

/// With [`RevocationTiming::PickUp`], the certificate is revoked at the latest this many seconds after the
/// application was accepted.
pub const PICKUP_REVOCATION_CAP: i64 = 14 * DAY;

/// Neither `submission` nor `pickup`.
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
    /// The latest moment of revocation of an application accepted at `accepted_at`; `None` when it is that
    /// very moment.
    pub fn latest(self, accepted_at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Submission => None,
            Self::PickUp => Some(accepted_at.plus(PICKUP_REVOCATION_CAP)),
        }
    }
}

/// The first CRL that listed a revocation: that of its certificate's shard, or the complete one if it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Which of the CA's CRLs.
    pub scope: CrlScope,
    /// Its number.
    pub number: u64,
    /// Its thisUpdate.
    pub at: Timestamp,
}

/// What is signed before a revocation takes effect, so that the records can show who asked for it and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RevocationStatement<'a> {
    /// The certificate, by its issuer's serial number, in hexadecimal.
    pub serial_number: &'a SerialNumber,
    /// The certificate, by the SHA-256 of its DER, in hexadecimal.
    pub certificate_sha256: &'a str,
    /// The certificate, by its coupon number.
    pub coupon_number: &'a CouponNumber,
    /// Why.
    pub reason: RevocationReason,
    /// When, in seconds since 1970 UTC.
    pub revoked_at: Timestamp,
    /// The application that asked for it.
    pub receipt_number: &'a ReceiptNumber,
}

/// A [`RevocationStatement`] with its signature, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedStatement {
    /// The statement's canonical JSON.
    pub payload: String,
    /// The detached JWS over it (RFC 7515 appendix F).
    pub jws: String,
}
