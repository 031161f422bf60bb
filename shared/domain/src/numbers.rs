//! The numbers by which certificates and organisations are known.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use pki::OrganizationIdentifier;
pub use pki::SerialNumber;

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

impl CorporateNumber {
    /// The number as a certificate's subject has it.
    pub fn to_organization_identifier(&self) -> OrganizationIdentifier {
        OrganizationIdentifier::trade_register(&self.0)
    }
}

/// The check digit is 9 − (Σ Pₙ·Qₙ mod 9), with Pₙ the n-th digit from the right and Qₙ alternately 1 and 2
/// (the rule that the National Tax Agency publishes).
fn has_corporate_check_digit(digits: &[u8]) -> bool {
    let sum: u32 =
        digits[1..].iter().rev().zip([1, 2].into_iter().cycle()).map(|(d, q)| u32::from(d - b'0') * q).sum();
    u32::from(digits[0] - b'0') == 9 - sum % 9
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
}
