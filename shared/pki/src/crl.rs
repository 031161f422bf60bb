//! Prepares, parses and compares CRLs (RFC 5280 §5) of any size in constant memory. An external signer creates the
//! signatures.
//!
//! Each entry is encoded once, after the certificate is revoked, and then copied into every CRL. A [`TbsEnvelope`]
//! contains the octets before and after the entries. The caller hashes the CRL while writing it. [`CrlReader`] parses a
//! CRL from any [`Read`](std::io::Read).

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
    continuity::{compare_in_any_order, compare_with_previous},
    entry::{CrlEntry, EntryEncoder},
    reader::{CrlContents, CrlReader, Entries, EntryReader},
    tbs_envelope::{CrlFields, TbsEnvelope},
};

/// The maximum time from thisUpdate to nextUpdate, in seconds (S/MIME Baseline Requirements §4.9.7).
pub const MAXIMUM_VALIDITY: i64 = 10 * DAY;

/// The maximum length of a TBSCertList, in octets. This length is sufficient for about 80 million entries. The limit is
/// below the 5 GB that Amazon S3 accepts in one upload, and fits into a DER length of four octets.
pub const MAXIMUM_LENGTH: u64 = 4_000_000_000;

/// The error returned if a CRL cannot be created or is rejected.
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
    /// The signature cannot be verified with the CA's public key.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    /// The input is not a DER-encoded version 2 CRL, or it lacks the fields that this service expects.
    #[error("not a version 2 CRL in DER, in the format of this service")]
    Malformed,
    /// Reading the input failed. The variant contains the text of the I/O error.
    #[error("the CRL cannot be read: {0}")]
    Read(String),
    /// The CRL belongs to another CA or lacks a required field. The variant contains the name of the field.
    #[error("the CRL does not belong to this CA: its {0} differs or is missing")]
    Unexpected(&'static str),
    /// An entry of the previous CRL was removed too early, altered or moved.
    #[error("the CRL omits or changes entries of the previous CRL")]
    IllegalDifference,
}

/// The CRL number, the times and the entry count of a verified CRL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlSummary {
    /// The CRL number (RFC 5280 §5.2.3).
    pub number: u64,
    /// The thisUpdate time (RFC 5280 §5.1.2.4).
    pub this_update: Timestamp,
    /// The nextUpdate time (RFC 5280 §5.1.2.5).
    pub next_update: Timestamp,
    /// The number of revoked certificates that the CRL lists.
    pub entry_count: u64,
}
