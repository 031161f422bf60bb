//! The receipt number (受付番号).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    certificate_code::{ALPHABET, in_groups, is_codeword, read_symbols, syndrome_before_check},
    text::{nfkc, without_separators},
};

/// The receipt number of an accepted application: twelve Crockford base32 symbols in groups of four. The last symbol is
/// a check symbol (see [`super::certificate_code`]), so errors are detected when the number is dictated over the
/// telephone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReceiptNumber(String);

/// The error returned if a string is not a receipt number or contains a typing error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a receipt number")]
pub struct ReceiptNumberError;

const SYMBOLS: usize = 12;

impl ReceiptNumber {
    /// Creates a number from the low five bits of each random byte.
    pub fn from_random(random: [u8; SYMBOLS - 1]) -> Self {
        let data = random.map(|octet| octet & 31);
        let check = syndrome_before_check(&data);
        let symbols: String =
            data.iter().chain([&check]).map(|&value| char::from(ALPHABET[usize::from(value)])).collect();
        Self(in_groups(&symbols))
    }

    /// Returns the number in groups of four symbols, separated by hyphens.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReceiptNumber {
    type Err = ReceiptNumberError;

    fn from_str(input: &str) -> Result<Self, ReceiptNumberError> {
        let values = read_symbols(&without_separators(&nfkc(input))).ok_or(ReceiptNumberError)?;
        if values.len() != SYMBOLS || !is_codeword(&values) {
            return Err(ReceiptNumberError);
        }
        let symbols: String = values.iter().map(|&value| char::from(ALPHABET[usize::from(value)])).collect();
        Ok(Self(in_groups(&symbols)))
    }
}

impl TryFrom<String> for ReceiptNumber {
    type Error = ReceiptNumberError;

    fn try_from(input: String) -> Result<Self, ReceiptNumberError> {
        input.parse()
    }
}

impl From<ReceiptNumber> for String {
    fn from(number: ReceiptNumber) -> Self {
        number.0
    }
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
