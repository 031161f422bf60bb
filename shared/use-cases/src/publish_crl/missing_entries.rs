//! Determines which entries must be appended to a segment, and the index of each entry.

use std::collections::HashMap;

use super::scratch::ScratchFile;
use crate::refusal::Failure;
use domain::{numbers::SerialNumber, revocation::RevokedCertificate};
use pki::{
    EntryEncoder,
    crl::{CrlError, Entries, EntryReader},
};

/// The entries that must be appended to a segment, and the indexes of all requested entries.
pub(super) struct MissingEntries {
    /// The DER-encoded entries that are missing from the segment.
    pub(super) appended: Vec<u8>,
    /// The zero-based index of each requested entry in the segment.
    pub(super) indexes: Vec<(SerialNumber, u64)>,
}

/// Encodes an entry for each certificate in `revoked` that is missing from the segment in `file`. Returns `None` if the
/// segment is damaged.
pub(super) fn missing_entries(
    file: &ScratchFile,
    revoked: &[&RevokedCertificate],
) -> Result<Option<MissingEntries>, Failure> {
    let mut missing: HashMap<_, _> =
        revoked.iter().map(|revoked| (revoked.serial_number.as_be_bytes(), *revoked)).collect();
    let mut indexes = Vec::with_capacity(revoked.len());
    let mut entries = EntryReader::new(file.reader()?, file.length());
    let mut count = 0;
    loop {
        let entry = match entries.next_entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => break,
            Err(CrlError::Malformed) => return Ok(None),
            Err(error) => return Err(Failure::internal(error)),
        };
        if let Some(revoked) = missing.remove(entry.serial_number) {
            indexes.push((revoked.serial_number.clone(), count));
        }
        count += 1;
    }
    let (mut encoder, mut appended) = (EntryEncoder::default(), Vec::new());
    for revoked in revoked {
        if missing.remove(revoked.serial_number.as_be_bytes()).is_some() {
            encoder.encode(revoked, &mut appended);
            indexes.push((revoked.serial_number.clone(), count));
            count += 1;
        }
    }
    Ok(Some(MissingEntries { appended, indexes }))
}
