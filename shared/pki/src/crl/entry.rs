//! Encodes and parses CRL entries, which are the elements of revokedCertificates (RFC 5280 §5.1.2.6). Each encoded
//! entry contains a reasonCode extension (§5.3.1).

use std::ops::Range;

use super::der::{self, Elements};
use crate::{DAY, Timestamp, revocation::RevokedCertificate};

/// The octets between the revocation date and the reason code. The octets encode the start of a SEQUENCE OF Extension
/// that contains a single reasonCode extension.
const BEFORE_REASON_CODE: [u8; 13] =
    [0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01];
/// The content octets of the object identifier 2.5.29.21.
const REASON_CODE: [u8; 3] = [0x55, 0x1d, 0x15];

/// The number of octets in an entry after the digits HHMMSS of the revocation date: a `Z`, the extensions and the
/// reason code.
const AFTER_CLOCK: usize = 1 + BEFORE_REASON_CODE.len() + 1;

/// Encodes CRL entries. Consecutive entries usually have the same revocation date, because revocations arrive in
/// approximately chronological order. The encoder therefore reuses the previous entry as a template.
#[derive(Clone, Debug, Default)]
pub struct EntryEncoder {
    last: Option<Form>,
}

/// A template for a CRL entry, in which the encoder replaces the serial number, the time of day and the reason.
#[derive(Clone, Debug)]
struct Form {
    /// The start of the day of revocation, in seconds since 1970.
    midnight: i64,
    serial_number: Range<usize>,
    /// A buffer that is longer than any entry. The encoder copies the whole buffer, because copying a fixed number of
    /// octets is faster.
    entry: [u8; 64],
    length: usize,
}

impl EntryEncoder {
    /// Appends the DER-encoded entry for `revoked` to `output`. An entry is at most 57 octets long.
    #[inline]
    pub fn encode(&mut self, revoked: &RevokedCertificate, output: &mut Vec<u8>) {
        let serial_number = revoked.serial_number.as_be_bytes();
        let form = self.form(serial_number, revoked.revoked_at);
        let second = (revoked.revoked_at.as_seconds() - form.midnight) as usize;

        let place = &mut form.entry[form.serial_number.clone()];
        match (place.as_chunks_mut::<16>(), serial_number.as_chunks::<16>()) {
            // Serial numbers that this service generates are 16 octets long. With a fixed length, the compiler copies
            // the octets without calling memcpy.
            (([place], []), ([serial_number], [])) => *place = *serial_number,
            _ => place.copy_from_slice(serial_number),
        }
        let clock = &mut form.entry[form.length - AFTER_CLOCK - 6..form.length - AFTER_CLOCK];
        clock[..2].copy_from_slice(&TWO_DIGITS[second / 3600 % 24]);
        clock[2..4].copy_from_slice(&TWO_DIGITS[second / 60 % 60]);
        clock[4..].copy_from_slice(&TWO_DIGITS[second % 60]);
        form.entry[form.length - 1] = revoked.reason.code();
        let end = output.len() + form.length;
        output.extend_from_slice(&form.entry);
        output.truncate(end);
    }

    #[inline]
    fn form(&mut self, serial_number: &[u8], time: Timestamp) -> &mut Form {
        let start = 4 + usize::from(serial_number[0] >= 0x80);
        let place = start..start + serial_number.len();
        let fits = |form: &Form| {
            form.serial_number == place && (0..DAY).contains(&(time.as_seconds() - form.midnight))
        };
        if !self.last.as_ref().is_some_and(fits) {
            self.last = None;
        }
        self.last.get_or_insert_with(|| Form::new(place, time))
    }
}

impl Form {
    #[cold]
    fn new(serial_number: Range<usize>, time: Timestamp) -> Self {
        let (tag, date) = date(time);
        let time_length = date.len() + 7;
        let rest = [&[tag, time_length as u8], &date[..], b"000000Z", &BEFORE_REASON_CODE, &[0]].concat();
        let length = serial_number.end + rest.len();

        // Each element of an entry is at most 127 octets long, so each length is encoded in one octet.
        let mut entry = [0; 64];
        let serial_length = serial_number.end - 4;
        entry[..4].copy_from_slice(&[der::SEQUENCE, (length - 2) as u8, der::INTEGER, serial_length as u8]);
        entry[serial_number.end..length].copy_from_slice(&rest);
        let midnight = time.as_seconds() - time.as_seconds().rem_euclid(DAY);
        Self { midnight, serial_number, entry, length }
    }
}

/// Returns the tag and the encoded date of a Time value. Dates through 2049 are encoded as UTCTime, and later dates as
/// GeneralizedTime (RFC 5280 §5.1.2.6). Dates before 1950 also use GeneralizedTime, because UTCTime cannot represent
/// them.
fn date(time: Timestamp) -> (u8, Vec<u8>) {
    let time = time.to_utc();
    let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
    if (1950..2050).contains(&year) {
        (der::UTC_TIME, format!("{:02}{month:02}{day:02}", year % 100).into_bytes())
    } else {
        (der::GENERALIZED_TIME, format!("{year:04}{month:02}{day:02}").into_bytes())
    }
}

/// The two decimal digits of each number from 0 to 59.
const TWO_DIGITS: [[u8; 2]; 60] = {
    let mut digits = [[0; 2]; 60];
    let mut number = 0;
    while number < digits.len() {
        digits[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    digits
};

/// A parsed CRL entry, which identifies one revoked certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlEntry<'a> {
    /// The DER encoding of the whole entry.
    pub der: &'a [u8],
    /// The big-endian octets of the serial number (userCertificate), without a leading zero octet.
    pub serial_number: &'a [u8],
    /// The CRLReason code (RFC 5280 §5.3.1), or `None` if the entry has no reason code.
    pub reason_code: Option<u8>,
}

impl<'a> CrlEntry<'a> {
    /// Parses a DER-encoded entry. Returns `None` if `der` is not a valid entry.
    #[inline]
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        Self::read_own_form(der).or_else(|| Self::read_any_form(der))
    }

    /// Parses an entry in the form that [`EntryEncoder`] writes for dates that are encoded as UTCTime.
    #[inline]
    fn read_own_form(der: &'a [u8]) -> Option<Self> {
        const UTC_TIME: usize = 15;
        let [der::SEQUENCE, length, der::INTEGER, serial_length, rest @ ..] = der else { return None };
        let (serial_number, rest) = rest.split_at_checked(usize::from(*serial_length))?;
        let (time, extensions) = rest.split_at_checked(UTC_TIME)?;
        let (before_reason_code, reason_code) = extensions.split_at_checked(BEFORE_REASON_CODE.len())?;
        let [reason_code] = reason_code else { return None };
        if usize::from(*length) + 2 != der.len() || before_reason_code != BEFORE_REASON_CODE {
            return None;
        }
        let fits = time[0] == der::UTC_TIME && is_time(&time[2..]) && usize::from(time[1]) + 2 == time.len();
        let serial_number = fits.then(|| positive(serial_number)).flatten()?;
        Some(Self { der, serial_number, reason_code: Some(*reason_code) })
    }

    fn read_any_form(der: &'a [u8]) -> Option<Self> {
        let mut fields = Elements(Elements(der).content(der::SEQUENCE)?);
        let serial_number = positive(fields.content(der::INTEGER)?)?;
        let time = match fields.peek()? {
            der::UTC_TIME => fields.content(der::UTC_TIME).filter(|time| time.len() == 13)?,
            _ => fields.content(der::GENERALIZED_TIME).filter(|time| time.len() == 15)?,
        };
        let mut reason_code = None;
        if !fields.is_empty() {
            let extensions = der::extensions(fields.content(der::SEQUENCE)?)?;
            if let Some(reason) = extensions.iter().find(|extension| extension.oid == REASON_CODE) {
                match Elements(reason.value).content(der::ENUMERATED)? {
                    [code] => reason_code = Some(*code),
                    _ => return None,
                }
            }
        }
        (is_time(time) && fields.is_empty()).then_some(Self { der, serial_number, reason_code })
    }
}

/// Removes the leading zero octet of an INTEGER, if present. Returns `None` if the integer is not positive or not
/// minimally encoded.
#[inline]
fn positive(integer: &[u8]) -> Option<&[u8]> {
    match integer {
        [0, 0x80..=0xff, ..] => Some(&integer[1..]),
        [1..0x80, ..] => Some(integer),
        _ => None,
    }
}

/// Returns true if `time` consists of digits followed by a `Z`.
#[inline]
fn is_time(time: &[u8]) -> bool {
    time.split_last().is_some_and(|(last, digits)| *last == b'Z' && digits.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SerialNumber, revocation::RevocationReason};

    fn revoked(serial_number: &[u8], revoked_at: i64, reason: RevocationReason) -> RevokedCertificate {
        RevokedCertificate {
            serial_number: SerialNumber::from_be_bytes(serial_number).unwrap(),
            revoked_at: Timestamp::try_from(revoked_at).unwrap(),
            reason,
            not_after: Timestamp::try_from(revoked_at).unwrap(),
            crl_shard: None,
        }
    }

    fn encoded(serial_number: &[u8], revoked_at: i64, reason: RevocationReason) -> Vec<u8> {
        let mut output = Vec::new();
        EntryEncoder::default().encode(&revoked(serial_number, revoked_at, reason), &mut output);
        output
    }

    #[test]
    fn an_entry_has_the_expected_octets() {
        // 2026-11-22T20:08:22Z
        let entry = encoded(&[0x80, 1], 1_795_378_102, RevocationReason::Superseded);
        let hex = data_encoding::HEXLOWER.encode(&entry);
        assert_eq!(
            hex,
            "302202030080 01170d3236313132323230303832325a300c300a0603551d1504030a0104".replace(' ', "")
        );
    }

    #[test]
    fn encoded_entries_are_read_by_both_readers() {
        let times = [
            (-631_152_001, "19491231235959Z"),
            (-631_152_000, "500101000000Z"),
            (0, "700101000000Z"),
            (2_524_607_999, "491231235959Z"),
            (2_524_608_000, "20500101000000Z"),
            (253_402_300_799, "99991231235959Z"),
        ];
        for (seconds, written) in times {
            for serial_number in [&[1][..], &[0x80], &[0x7f; 20], &[0xff; 19]] {
                let entry = encoded(serial_number, seconds, RevocationReason::PrivilegeWithdrawn);
                assert!(entry.len() <= 57);
                assert!(entry.windows(written.len()).any(|part| part == written.as_bytes()), "{written}");
                let expected = CrlEntry { der: &entry, serial_number, reason_code: Some(9) };
                assert_eq!(CrlEntry::read(&entry), Some(expected));
                assert_eq!(CrlEntry::read_any_form(&entry), Some(expected));
                for cut in 0..entry.len() {
                    assert_eq!(CrlEntry::read(&entry[..cut]), None);
                }
            }
        }
    }

    #[test]
    fn both_readers_accept_the_same_entries() {
        let entry = encoded(&[7; 16], 1_795_378_102, RevocationReason::KeyCompromise);
        for position in 0..entry.len() {
            for value in 0..=u8::MAX {
                let mut altered = entry.clone();
                altered[position] = value;
                if let Some(read) = CrlEntry::read_own_form(&altered) {
                    assert_eq!(CrlEntry::read_any_form(&altered), Some(read));
                }
            }
        }
    }

    #[test]
    fn the_state_of_an_encoder_does_not_change_its_output() {
        let mut encoder = EntryEncoder::default();
        let mut together = Vec::new();
        let mut apart = Vec::new();
        for seconds in [DAY - 1, DAY, 0, 5 * DAY, -1, 30_000 * DAY, 2_524_607_999, 2_524_608_000] {
            for serial_number in [&[1; 17][..], &[0x80; 16], &[7; 16], &[8; 16], &[0xff; 16], &[1]] {
                for &reason in RevocationReason::ALL {
                    let revoked = revoked(serial_number, seconds, reason);
                    encoder.encode(&revoked, &mut together);
                    EntryEncoder::default().encode(&revoked, &mut apart);
                }
            }
        }
        assert_eq!(together, apart);
    }
}
