//! Numbers that identify certificates and organisations.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use pki::OrganizationIdentifier;
pub use pki::SerialNumber;

use super::text::{nfkc, without_separators};

/// The error returned if a string is not a valid number of the expected kind.
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
            /// Returns the digits.
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
    /// A coupon number (クーポン番号) of 1 to 16 digits, which identifies one certificate.
    CouponNumber, (1..=16), "a coupon number of 1 to 16 digits", |_| true
}

impl CouponNumber {
    /// Creates a random twelve-digit number for a new certificate. The first digit is never 0. The caller must check
    /// that no other certificate has the same number.
    pub fn from_random(octets: [u8; 8]) -> Self {
        const TWELVE_DIGITS: u64 = 100_000_000_000;
        Self((TWELVE_DIGITS + u64::from_be_bytes(octets) % (9 * TWELVE_DIGITS)).to_string())
    }
}

digit_string! {
    /// A company code (企業コード) of 9 digits, assigned to the organisation by the credit bureau.
    CompanyCode, (9..=9), "a company code of 9 digits", |_| true
}

digit_string! {
    /// A corporate number (法人番号) of 13 digits. The first digit is a check digit.
    CorporateNumber, (13..=13), "a corporate number of 13 digits with its check digit", OrganizationIdentifier::is_corporate_number
}

impl CorporateNumber {
    /// Converts the number to the organizationIdentifier attribute of a certificate subject.
    pub fn to_organization_identifier(&self) -> OrganizationIdentifier {
        OrganizationIdentifier::trade_register(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corporate_number_with_a_wrong_check_digit_is_refused() {
        // The corporate numbers of the National Tax Agency and the Digital Agency.
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
