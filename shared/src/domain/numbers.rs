//! The numbers by which certificates and organisations are known.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::text::{nfkc, without_separators};

/// The number does not have the form that its kind has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct NumberError(&'static str);

macro_rules! digit_string {
    ($(#[$doc:meta])* $name:ident, $lengths:expr, $form:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NumberError;

            fn from_str(input: &str) -> Result<Self, NumberError> {
                let digits = without_separators(&nfkc(input));
                let fits = $lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
                if fits && $check(digits.as_bytes()) { Ok(Self(digits)) } else { Err(NumberError($form)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NumberError;

            fn try_from(input: String) -> Result<Self, NumberError> {
                input.parse()
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

digit_string! {
    /// A coupon number (クーポン番号): names one certificate, 1 to 16 digits.
    CouponNumber, (1..=16), "a coupon number of 1 to 16 digits", |_| true
}

impl CouponNumber {
    /// A number of twelve digits from random octets, the first of them not 0: a new certificate's, which must then
    /// be found to be nobody else's.
    pub fn from_random(octets: [u8; 8]) -> Self {
        const TWELVE_DIGITS: u64 = 100_000_000_000;
        Self((TWELVE_DIGITS + u64::from_be_bytes(octets) % (9 * TWELVE_DIGITS)).to_string())
    }
}

digit_string! {
    /// A company code (企業コード): the organisation's code at the credit bureau, 9 digits.
    CompanyCode, (9..=9), "a company code of 9 digits", |_| true
}

digit_string! {
    /// A corporate number (法人番号): 13 digits, the first of them a check digit.
    CorporateNumber, (13..=13), "a corporate number of 13 digits with its check digit", has_corporate_check_digit
}

/// The check digit is 9 − (Σ Pₙ·Qₙ mod 9), with Pₙ the n-th digit from the right and Qₙ alternately 1 and 2
/// (the rule that the National Tax Agency publishes).
fn has_corporate_check_digit(digits: &[u8]) -> bool {
    let sum: u32 =
        digits[1..].iter().rev().zip([1, 2].into_iter().cycle()).map(|(d, q)| u32::from(d - b'0') * q).sum();
    u32::from(digits[0] - b'0') == 9 - sum % 9
}

/// A certificate's serial number: positive, at most 20 octets (RFC 5280 §4.1.2.2), kept as the big-endian
/// content octets without leading zeros, written in lower-case hexadecimal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SerialNumber(Vec<u8>);

impl SerialNumber {
    /// From big-endian octets; leading zeros do not matter.
    ///
    /// # Errors
    ///
    /// Zero, or more than 159 bits (the 20th octet would need a sign octet before it).
    pub fn from_be_bytes(octets: &[u8]) -> Result<Self, NumberError> {
        let significant = &octets[octets.iter().take_while(|octet| **octet == 0).count()..];
        let bits =
            significant.len() * 8 - significant.first().map_or(0, |first| first.leading_zeros() as usize);
        if (1..160).contains(&bits) {
            Ok(Self(significant.to_vec()))
        } else {
            Err(NumberError("a positive serial number below 2^159"))
        }
    }

    /// From random octets: the top bit is cleared and the first octet made not zero, so it is positive and always
    /// 16 octets long, with more than the 64 random bits that S/MIME Baseline Requirements §7.1 ask for.
    pub fn from_random(mut octets: [u8; 16]) -> Self {
        octets[0] = (octets[0] & 0x7f).max(1);
        Self(octets.to_vec())
    }

    /// Big-endian octets without leading zeros.
    pub fn as_be_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Hexadecimal octets separated by colons, as certificate viewers show them.
    pub fn to_colon_hex(&self) -> String {
        self.0.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(":")
    }
}

impl TryFrom<String> for SerialNumber {
    type Error = NumberError;

    fn try_from(hex: String) -> Result<Self, NumberError> {
        let octets = data_encoding::HEXLOWER_PERMISSIVE
            .decode(hex.as_bytes())
            .map_err(|_| NumberError("a serial number in hexadecimal"))?;
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
    fn corporate_numbers_are_told_from_typing_mistakes() {
        // The National Tax Agency's own number, and the Digital Agency's.
        for number in ["7000012050002", "8000012010038"] {
            assert!(number.parse::<CorporateNumber>().is_ok(), "{number}");
        }
        assert!("7000012050003".parse::<CorporateNumber>().is_err());
    }

    #[test]
    fn new_coupon_numbers_have_twelve_digits() {
        for octets in [[0; 8], [0xff; 8], [0x5a; 8]] {
            let number = CouponNumber::from_random(octets);
            assert_eq!((number.as_str().len(), number.as_str().parse()), (12, Ok(number.clone())));
            assert_ne!(number.as_str().as_bytes()[0], b'0');
        }
    }

    #[test]
    fn serial_numbers_stay_inside_rfc_5280() {
        assert!(SerialNumber::from_be_bytes(&[0, 0]).is_err());
        assert!(SerialNumber::from_be_bytes(&[0x80; 20]).is_err());
        assert_eq!(SerialNumber::from_be_bytes(&[0, 0x80]).map(|s| s.to_string()).as_deref(), Ok("80"));
        assert!(SerialNumber::from_be_bytes(&[0x7f; 20]).is_ok());
    }
}
