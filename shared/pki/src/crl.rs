//! CRLs (RFC 5280 §5) of any size: framed, signed elsewhere, read back and compared, in constant memory.
//!
//! A CRL's entries are encoded once, when a certificate is revoked, and copied from then on. A [`CrlFrame`] has the
//! octets around them; the caller hashes the bytes as it writes them. [`CrlReader`] reads a CRL from any
//! [`Read`](std::io::Read).

mod der;
mod entry;
mod frame;
mod reader;
mod succession;
#[cfg(test)]
mod tests;

use super::BadSignature;
use crate::{DAY, Timestamp};

pub(super) use self::frame::issuing_distribution_point;
#[cfg(test)]
pub(super) use self::tests::signed_crl;
pub use self::{
    entry::{CrlEntry, EntryEncoder},
    frame::{CrlFields, CrlFrame},
    reader::{CrlContents, CrlReader, Entries, EntryReader},
    succession::compare_with_previous,
};

/// The longest time from thisUpdate to nextUpdate, in seconds (S/MIME Baseline Requirements §4.9.7).
pub const MAXIMUM_VALIDITY: i64 = 10 * DAY;

/// The greatest length of a TBSCertList in octets: about 80 million entries. Amazon S3 takes 5 GB in one upload, and a
/// length in DER has at most four octets here.
pub const MAXIMUM_LENGTH: u64 = 4_000_000_000;

/// The reason that a CRL is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlError {
    /// nextUpdate is not later than thisUpdate.
    #[error("nextUpdate is not later than thisUpdate")]
    NextUpdateTooEarly,
    /// nextUpdate is more than [`MAXIMUM_VALIDITY`] after thisUpdate.
    #[error("nextUpdate is more than 10 days after thisUpdate")]
    NextUpdateTooLate,
    /// Its TBSCertList would be longer than [`MAXIMUM_LENGTH`].
    #[error("the CRL is longer than {MAXIMUM_LENGTH} octets")]
    TooLong,
    /// The signature is not that of this CRL under the CA's key.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    /// The input is not the DER of a CRL in this service's form.
    #[error("not a version 2 CRL of this service's form, in DER")]
    Malformed,
    /// Reading the CRL failed.
    #[error("the CRL cannot be read: {0}")]
    Read(String),
    /// It is not a CRL of this CA.
    #[error("the CRL is not one of this CA: its {0} differs or is missing")]
    Unexpected(&'static str),
    /// An entry of the previous CRL was removed too early, was altered or has changed its place.
    #[error("the CRL does not list all that the one before it listed")]
    IllegalDifference,
}

/// The values that distinguish one CRL of a scope from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlSummary {
    /// The CRL number (RFC 5280 §5.2.3).
    pub number: u64,
    /// thisUpdate (RFC 5280 §5.1.2.4)
    pub this_update: Timestamp,
    /// nextUpdate (RFC 5280 §5.1.2.5)
    pub next_update: Timestamp,
    /// The number of certificates that it lists.
    pub entry_count: u64,
}
