//! Revoked certificates, and the status of certificates.

use serde::{Deserialize, Serialize};

use crate::{SerialNumber, Timestamp, crl_scope::CrlShard};

/// The reason for a revocation: the CRLReason codes (RFC 5280 §5.3.1) that a subscriber certificate may have.
/// `unspecified` and `certificateHold` are not among them (S/MIME Baseline Requirements §7.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RevocationReason {
    /// keyCompromise (1)
    KeyCompromise,
    /// affiliationChanged (3)
    AffiliationChanged,
    /// superseded (4), the reason of every reissue
    Superseded,
    /// cessationOfOperation (5)
    CessationOfOperation,
    /// privilegeWithdrawn (9)
    PrivilegeWithdrawn,
}

/// A revoked certificate, as a CRL lists it (RFC 5280 §5.1.2.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedCertificate {
    /// userCertificate
    pub serial_number: SerialNumber,
    /// revocationDate
    pub revoked_at: Timestamp,
    /// reasonCode
    pub reason: RevocationReason,
    /// The time at which the certificate expires. It stays listed until one CRL past this time (RFC 5280 §3.3).
    pub not_after: Timestamp,
    /// The CRL shard that lists it in addition to the complete CRL, if its certificate names one.
    pub crl_shard: Option<CrlShard>,
}

/// The status of a certificate (RFC 6960 §2.2), by its serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateStatus {
    /// On record as issued, and not revoked. It may have expired; the relying party checks that.
    Good,
    /// Permanently revoked.
    Revoked {
        /// The reason.
        reason: RevocationReason,
        /// The time of revocation.
        at: Timestamp,
    },
    /// No certificate of this CA has this serial number.
    Unknown,
}
