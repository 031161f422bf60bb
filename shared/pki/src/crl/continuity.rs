//! Verifies that a new CRL keeps all entries of the previous CRL that have not expired.

use std::collections::HashSet;

use ring::digest::{SHA256, digest};

use super::{CrlError, Entries};

/// Compares the entries of a new CRL with the entries of the previous CRL, octet by octet. The new CRL must contain
/// every entry of the previous CRL, except the entries in expired segments. New entries may only be appended to the end
/// of a segment.
///
/// `expired` contains the entries of the segments that the new CRL omits, starting with the oldest segment. `listed`
/// contains the entries of the new CRL. `expired_lengths` and `listed_lengths` contain the lengths of the segments in
/// octets. The function reads both CRLs to the last entry.
///
/// # Errors
///
/// Returns [`CrlError::IllegalDifference`] if an entry was removed too early, altered or moved. Returns
/// [`CrlError::Malformed`] or [`CrlError::Read`] if an entry cannot be read.
pub fn compare_with_previous(
    previous: &mut impl Entries,
    (expired, expired_lengths): (&mut impl Entries, &[u64]),
    (listed, listed_lengths): (&mut impl Entries, &[u64]),
) -> Result<(), CrlError> {
    let mut expected = Expected { entry: Vec::with_capacity(64), is_there: true };
    expected.advance(previous)?;
    for length in expired_lengths {
        pass(*length, expired, &mut expected, previous)?;
    }
    for length in listed_lengths {
        pass(*length, listed, &mut expected, previous)?;
    }
    let is_complete = listed.next_entry()?.is_none();
    if expected.is_there || !is_complete { Err(CrlError::IllegalDifference) } else { Ok(()) }
}

/// Compares the entries of a new CRL with the entries of the previous CRL, regardless of their order. Every entry of
/// the previous CRL must be in the new CRL or in `expired`.
///
/// The comparison needs about 40 octets of memory for each entry. [`compare_with_previous`] uses constant memory, but
/// requires the entries to be in the same order. The function reads both CRLs to the last entry.
///
/// # Errors
///
/// Returns [`CrlError::IllegalDifference`] if an entry was removed too early or altered. Returns
/// [`CrlError::Malformed`] or [`CrlError::Read`] if an entry cannot be read.
pub fn compare_in_any_order(
    previous: &mut impl Entries,
    expired: &mut impl Entries,
    listed: &mut impl Entries,
) -> Result<(), CrlError> {
    let mut known = HashSet::new();
    while let Some(entry) = expired.next_entry()? {
        known.insert(fingerprint(entry.der));
    }
    while let Some(entry) = listed.next_entry()? {
        known.insert(fingerprint(entry.der));
    }
    let mut is_complete = true;
    while let Some(entry) = previous.next_entry()? {
        is_complete = is_complete && known.contains(&fingerprint(entry.der));
    }
    if is_complete { Ok(()) } else { Err(CrlError::IllegalDifference) }
}

/// Returns the first half of the entry's SHA-256 hash.
fn fingerprint(entry: &[u8]) -> [u8; 16] {
    let mut fingerprint = [0; 16];
    fingerprint.copy_from_slice(&digest(&SHA256, entry).as_ref()[..16]);
    fingerprint
}

/// Reads one segment and advances the previous CRL past the matching entries at the start of the segment.
fn pass(
    length: u64,
    segment: &mut impl Entries,
    expected: &mut Expected,
    previous: &mut impl Entries,
) -> Result<(), CrlError> {
    let mut left = length;
    let mut in_step = true;
    while left > 0 {
        let entry = segment.next_entry()?.ok_or(CrlError::Malformed)?;
        left = left.checked_sub(entry.der.len() as u64).ok_or(CrlError::Malformed)?;
        in_step = in_step && expected.is_there && expected.entry == entry.der;
        if in_step {
            expected.advance(previous)?;
        }
    }
    Ok(())
}

/// The next entry of the previous CRL that has not been found in a segment yet.
struct Expected {
    entry: Vec<u8>,
    is_there: bool,
}

impl Expected {
    fn advance(&mut self, previous: &mut impl Entries) -> Result<(), CrlError> {
        self.entry.clear();
        match previous.next_entry()? {
            Some(entry) => self.entry.extend_from_slice(entry.der),
            None => self.is_there = false,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crl::EntryReader;

    /// Encodes an entry with `letter` as its serial number.
    fn entry(letter: char) -> Vec<u8> {
        let mut der = vec![0x30, 0x12, 0x02, 0x01, letter as u8, 0x17, 0x0d];
        der.extend_from_slice(b"261122200822Z");
        der
    }

    fn entries(letters: &str) -> Vec<u8> {
        letters.chars().flat_map(entry).collect()
    }

    fn reader(bytes: &[u8]) -> EntryReader<&[u8]> {
        EntryReader::new(bytes, bytes.len() as u64)
    }

    /// Compares two CRLs in which each letter represents an entry and spaces separate the segments.
    fn compare(previous: &str, expired: &str, listed: &str) -> Result<(), CrlError> {
        let lengths =
            |letters: &str| -> Vec<_> { letters.split(' ').map(|part| entries(part).len() as u64).collect() };
        let bytes = |letters: &str| entries(&letters.replace(' ', ""));
        compare_with_previous(
            &mut reader(&bytes(previous)),
            (&mut reader(&bytes(expired)), &lengths(expired)),
            (&mut reader(&bytes(listed)), &lengths(listed)),
        )
    }

    #[test]
    fn entries_may_move_but_not_disappear_without_an_order() {
        let compare = |previous: &str, expired: &str, listed: &str| {
            let [previous, expired, listed] = [previous, expired, listed].map(entries);
            compare_in_any_order(&mut reader(&previous), &mut reader(&expired), &mut reader(&listed))
        };
        for (previous, expired, listed) in [("", "", "a"), ("abc", "", "cXab"), ("abc", "b", "ca")] {
            assert_eq!(compare(previous, expired, listed), Ok(()), "{previous} {expired} {listed}");
        }
        for (previous, expired, listed) in [("a", "", ""), ("abc", "b", "aX"), ("abc", "", "ab")] {
            let compared = compare(previous, expired, listed);
            assert_eq!(compared, Err(CrlError::IllegalDifference), "{previous} {expired} {listed}");
        }
    }

    #[test]
    fn segments_are_only_appended_to_or_removed_completely() {
        for (previous, expired, listed) in [
            ("", "", ""),
            ("", "", "a b"),
            ("abc", "", "abc"),
            ("abc", "", "abX c"),
            ("abc", "", "X abY c Z"),
            ("ab", "", "xy a bc"),
            ("abc", "a", "bc"),
            ("abc", "ab", "cd"),
            ("abc", "abX Yz", "cd"),
            ("abc", "xyz a", "bc"),
            ("abc", "abc", ""),
            ("abc", "", "ab c d e"),
        ] {
            assert_eq!(compare(previous, expired, listed), Ok(()), "{previous} → {listed}");
        }
    }

    #[test]
    fn lost_changed_and_moved_entries_are_refused() {
        for (previous, expired, listed) in [
            ("abc", "", "ab"),
            ("abc", "", ""),
            ("abc", "", "ac"),
            ("abc", "", "acb"),
            ("abc", "", "aXbc"),
            ("abc", "", "Xabc"),
            ("abc", "b", "ac"),
            ("abc", "c", "ab"),
            ("abc", "x", "bc"),
            ("aab", "", "ab"),
        ] {
            let compared = compare(previous, expired, listed);
            assert_eq!(compared, Err(CrlError::IllegalDifference), "{previous} → {listed}");
        }
    }

    #[test]
    fn lengths_that_do_not_match_the_entries_are_refused() {
        let bytes = entries("ab");
        for length in [1, bytes.len() as u64 - 1, bytes.len() as u64 + 1] {
            let compared = compare_with_previous(
                &mut reader(b""),
                (&mut reader(b""), &[]),
                (&mut reader(&bytes), &[length]),
            );
            assert!(compared.is_err());
        }
    }
}
