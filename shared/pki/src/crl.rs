//! CRLs (RFC 5280 §5) of any size. They are prepared, parsed and compared in constant memory, and signed externally.
//!
//! An entry is encoded once, when the certificate is revoked, and then copied into each CRL. A [`TbsEnvelope`] contains
//! the octets before and after the entries. The caller hashes the bytes while writing them. [`CrlReader`] parses a CRL
//! from any [`Read`](std::io::Read).

mod continuity;
mod der;
mod entry;
mod reader;
mod tbs_envelope;
#[cfg(test)]
mod tests;

use super::BadSignature;
use crate::{DAY, Timestamp};

pub(super) use self::tbs_envelope::issuing_distribution_point;
#[cfg(test)]
pub(super) use self::tests::signed_crl;
pub use self::{
    continuity::compare_with_previous,
    entry::{CrlEntry, EntryEncoder},
    reader::{CrlContents, CrlReader, Entries, EntryReader},
    tbs_envelope::{CrlFields, TbsEnvelope},
};

/// The maximum time from thisUpdate to nextUpdate, in seconds (S/MIME Baseline Requirements §4.9.7).
pub const MAXIMUM_VALIDITY: i64 = 10 * DAY;

/// The maximum length of a TBSCertList in octets, enough for about 80 million entries. Amazon S3 accepts at most 5 GB
/// in one upload, and this module encodes DER lengths in at most four octets.
pub const MAXIMUM_LENGTH: u64 = 4_000_000_000;

/// The reason why a CRL is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlError {
    /// nextUpdate is not later than thisUpdate.
    #[error("nextUpdate is not later than thisUpdate")]
    NextUpdateTooEarly,
    /// nextUpdate is more than [`MAXIMUM_VALIDITY`] after thisUpdate.
    #[error("nextUpdate is more than 10 days after thisUpdate")]
    NextUpdateTooLate,
    /// The TBSCertList would be longer than [`MAXIMUM_LENGTH`].
    #[error("the CRL is longer than {MAXIMUM_LENGTH} octets")]
    TooLong,
    /// The signature does not verify with the CA's key.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    /// The input is not a DER-encoded CRL in the form that this service uses.
    #[error("not a version 2 CRL of this service's form, in DER")]
    Malformed,
    /// Reading the CRL failed.
    #[error("the CRL cannot be read: {0}")]
    Read(String),
    /// The CRL is not from this CA, or lacks a required field.
    #[error("the CRL is not one of this CA: its {0} differs or is missing")]
    Unexpected(&'static str),
    /// An entry of the previous CRL was removed too early, altered or moved.
    #[error("the CRL does not list all that the one before it listed")]
    IllegalDifference,
}

/// The values that identify a CRL within its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlSummary {
    /// The CRL number (RFC 5280 §5.2.3).
    pub number: u64,
    /// thisUpdate (RFC 5280 §5.1.2.4).
    pub this_update: Timestamp,
    /// nextUpdate (RFC 5280 §5.1.2.5).
    pub next_update: Timestamp,
    /// The number of certificates in the CRL.
    pub entry_count: u64,
}
