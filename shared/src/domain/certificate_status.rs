//! What the CA tells relying parties about one of its certificates.

use super::{Timestamp, revocation::RevocationReason};

/// The status of a certificate (RFC 6960 §2.2), by its serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateStatus {
    /// On record as issued, and not revoked. Whether it has expired is for the relying party to see.
    Good,
    /// Revoked for good.
    Revoked {
        /// Why.
        reason: RevocationReason,
        /// Since when.
        at: Timestamp,
    },
    /// No certificate of this CA has this serial number.
    Unknown,
}
