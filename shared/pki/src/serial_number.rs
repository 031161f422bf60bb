//! Validates and generates certificate serial numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The error returned if a value is not a valid serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SerialNumberError(&'static str);

/// A certificate's serial number, which is a positive integer of at most 20 octets (RFC 5280 §4.1.2.2). The number is
/// stored as big-endian octets without leading zeros, and displayed in lowercase hexadecimal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SerialNumber(Vec<u8>);

impl SerialNumber {
    /// Creates a serial number from big-endian octets. Leading zeros are ignored.
    ///
    /// # Errors
    ///
    /// Returns [`SerialNumberError`] if the number is zero, or if it has more than 159 bits and its encoding would
    /// exceed 20 octets.
    pub fn from_be_bytes(octets: &[u8]) -> Result<Self, SerialNumberError> {
        let significant = &octets[octets.iter().take_while(|octet| **octet == 0).count()..];
        let bits =
            significant.len() * 8 - significant.first().map_or(0, |first| first.leading_zeros() as usize);
        if (1..160).contains(&bits) {
            Ok(Self(significant.to_vec()))
        } else {
            Err(SerialNumberError("not a positive serial number below 2^159"))
        }
    }

    /// Creates a serial number from random octets. The top bit is cleared so that the number is positive. If the first
    /// octet is then zero, it is replaced with 1 so that the number is always 16 octets long. The number contains more
    /// than the 64 random bits that S/MIME Baseline Requirements §7.1 requires.
    pub fn from_random(mut octets: [u8; 16]) -> Self {
        octets[0] = (octets[0] & 0x7f).max(1);
        Self(octets.to_vec())
    }

    /// Returns the number as big-endian octets without leading zeros.
    pub fn as_be_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Formats the number as hexadecimal octets separated by colons, as in certificate viewers.
    pub fn to_colon_hex(&self) -> String {
        self.0.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(":")
    }
}

impl TryFrom<String> for SerialNumber {
    type Error = SerialNumberError;

    fn try_from(hex: String) -> Result<Self, SerialNumberError> {
        let octets = data_encoding::HEXLOWER_PERMISSIVE
            .decode(hex.as_bytes())
            .map_err(|_| SerialNumberError("not a serial number in hexadecimal"))?;
        Self::from_be_bytes(&octets)
    }
}

impl From<SerialNumber> for String {
    fn from(serial: SerialNumber) -> Self {
        data_encoding::HEXLOWER.encode(&serial.0)
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerialNumber({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_conform_to_rfc_5280() {
        assert!(SerialNumber::from_be_bytes(&[0, 0]).is_err());
        assert!(SerialNumber::from_be_bytes(&[0x80; 20]).is_err());
        assert_eq!(SerialNumber::from_be_bytes(&[0, 0x80]).map(|s| s.to_string()).as_deref(), Ok("80"));
        assert!(SerialNumber::from_be_bytes(&[0x7f; 20]).is_ok());
    }
}
