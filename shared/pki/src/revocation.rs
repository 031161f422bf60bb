//! Revoked certificates, and the revocation status of certificates.

use serde::{Deserialize, Serialize};

use crate::{SerialNumber, Timestamp, crl_scope::CrlShard};

/// The reason for a revocation: a CRLReason code (RFC 5280 §5.3.1) that is allowed for subscriber certificates.
/// `unspecified` and `certificateHold` are not allowed (S/MIME Baseline Requirements §7.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RevocationReason {
    /// keyCompromise (1).
    KeyCompromise,
    /// affiliationChanged (3).
    AffiliationChanged,
    /// superseded (4), the reason for every reissue.
    Superseded,
    /// cessationOfOperation (5).
    CessationOfOperation,
    /// privilegeWithdrawn (9).
    PrivilegeWithdrawn,
}

/// A revoked certificate, with the data for its CRL entry (RFC 5280 §5.1.2.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedCertificate {
    /// The serial number (userCertificate).
    pub serial_number: SerialNumber,
    /// The time of revocation (revocationDate).
    pub revoked_at: Timestamp,
    /// The reason (reasonCode).
    pub reason: RevocationReason,
    /// The time at which the certificate expires. The certificate remains listed until it has been on one CRL after
    /// this time (RFC 5280 §3.3).
    pub not_after: Timestamp,
    /// The CRL shard to which the certificate refers, if any. This shard lists the certificate in addition to the
    /// complete CRL.
    pub crl_shard: Option<CrlShard>,
}

/// The status of a certificate (RFC 6960 §2.2), found by its serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateStatus {
    /// Issued and not revoked. The certificate may have expired, which the relying party checks.
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
