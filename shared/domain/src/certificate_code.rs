//! The certificate code (証明書コード): a credential that the subscriber receives by email.
//!
//! # Codes of this system
//!
//! A code consists of 28 Crockford base32 symbols (without I, L, O and U), displayed in groups of four. The first 27
//! symbols encode 135 secret bits, and the last symbol is a check symbol. Each symbol represents an element of GF(32) =
//! GF(2)\[x\]/(x⁵+x²+1), and α denotes x. Every valid code c₀…c₂₇ satisfies Σ cᵢ·α^(27−i) = 0. The weights α^(27−i) are
//! distinct and non-zero, because α has order 31. The check symbol therefore detects any single wrong symbol and any
//! swap of two different symbols.
//!
//! # Codes of older systems
//!
//! Any other text of at most 64 characters is accepted as a code from an older system. Codes from older systems are
//! case-sensitive, and their dashes are significant.

use std::{fmt, str::FromStr};

use super::{
    fields::{Field, Rule},
    text::{nfkc, within, without_separators},
};

/// The Crockford base32 symbols, indexed by value.
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The number of symbols in a code, including the check symbol.
pub const SYMBOLS: usize = 28;
/// The number of symbols per displayed group.
pub const GROUP: usize = 4;
/// The reduction polynomial x⁵+x²+1 of GF(32).
pub const POLYNOMIAL: u8 = 0b10_0101;

/// A certificate code in canonical form. `Debug` output does not reveal the code.
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateCode {
    canonical: String,
    origin: Origin,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    ThisSystem,
    OlderSystem,
}

impl CertificateCode {
    /// Creates a code from the first 135 bits of `secret`, which must be unpredictable.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        let data: Vec<u8> = (0..SYMBOLS - 1).map(|index| five_bits(secret, index * 5)).collect();
        let check = syndrome_before_check(&data);
        let canonical =
            data.iter().chain([&check]).map(|&value| char::from(ALPHABET[usize::from(value)])).collect();
        Self { canonical, origin: Origin::ThisSystem }
    }

    /// Returns true if this system issues codes of this form.
    pub fn is_of_this_system(&self) -> bool {
        self.origin == Origin::ThisSystem
    }

    /// Returns the canonical form as bytes, for hashing.
    pub fn as_bytes(&self) -> &[u8] {
        self.canonical.as_bytes()
    }

    /// Returns the code for display. This system's codes are formatted in groups of [`GROUP`] symbols.
    pub fn to_display(&self) -> String {
        match self.origin {
            Origin::OlderSystem => self.canonical.clone(),
            Origin::ThisSystem => in_groups(&self.canonical),
        }
    }
}

/// Formats `symbols` in groups of [`GROUP`], separated by hyphens.
pub fn in_groups(symbols: &str) -> String {
    symbols
        .as_bytes()
        .chunks(GROUP)
        .map(|group| group.iter().copied().map(char::from).collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

/// Decodes Crockford base32 symbols to their values. Lower case is accepted, O is decoded as 0, and I and L are decoded
/// as 1. Returns `None` if `text` contains any other character.
pub fn read_symbols(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| {
            let symbol = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            ALPHABET
                .iter()
                .position(|known| char::from(*known) == symbol)
                .and_then(|value| u8::try_from(value).ok())
        })
        .collect()
}

impl FromStr for CertificateCode {
    type Err = Rule;

    fn from_str(input: &str) -> Result<Self, Rule> {
        let text = nfkc(input).trim().to_owned();
        if text.is_empty() {
            return Err(Rule::Required);
        }
        within(&text, Field::CertificateCode.max_length())?;
        match read_symbols(&without_separators(&text)) {
            Some(values) if values.len() == SYMBOLS => {
                if !is_codeword(&values) {
                    return Err(Rule::CertificateCodeTypo);
                }
                let canonical =
                    values.iter().map(|&value| char::from(ALPHABET[usize::from(value)])).collect();
                Ok(Self { canonical, origin: Origin::ThisSystem })
            }
            _ => Ok(Self { canonical: text, origin: Origin::OlderSystem }),
        }
    }
}

impl fmt::Debug for CertificateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificateCode(…)")
    }
}

pub(crate) fn five_bits(secret: &[u8], offset: usize) -> u8 {
    (offset..offset + 5).fold(0, |value, bit| (value << 1) | ((secret[bit / 8] >> (7 - bit % 8)) & 1))
}

/// Returns true if the last value is the correct check symbol for the preceding values. `values` must have fewer than
/// 32 elements.
pub fn is_codeword(values: &[u8]) -> bool {
    values.split_last().is_some_and(|(check, data)| syndrome_before_check(data) == *check)
}

/// Computes the check symbol Σ dataᵢ·α^(n−i), where n is the length of `data`. The check symbol itself has the weight
/// α⁰ = 1, so the weighted sum over the complete code is 0.
pub fn syndrome_before_check(data: &[u8]) -> u8 {
    times_alpha(data.iter().fold(0, |sum, value| times_alpha(sum) ^ value))
}

fn times_alpha(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { shifted ^ POLYNOMIAL }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> CertificateCode {
        CertificateCode::from_secret(&std::array::from_fn(|i| (i as u8).wrapping_mul(37) ^ 0x5a))
    }

    #[test]
    fn every_wrong_symbol_and_every_swap_is_detected() {
        let canonical = code().canonical.into_bytes();
        for position in 0..SYMBOLS {
            for symbol in ALPHABET.iter().filter(|s| **s != canonical[position]) {
                let mut wrong = canonical.clone();
                wrong[position] = *symbol;
                let wrong = String::from_utf8(wrong).unwrap_or_default();
                assert_eq!(wrong.parse::<CertificateCode>(), Err(Rule::CertificateCodeTypo), "{wrong}");
            }
            for other in (position + 1..SYMBOLS).filter(|o| canonical[*o] != canonical[position]) {
                let mut swapped = canonical.clone();
                swapped.swap(position, other);
                let swapped = String::from_utf8(swapped).unwrap_or_default();
                assert_eq!(swapped.parse::<CertificateCode>(), Err(Rule::CertificateCodeTypo), "{swapped}");
            }
        }
    }

    #[test]
    fn a_code_is_parsed_in_every_notation() {
        let code = code();
        let shown = code.to_display();
        for written in
            [shown.to_lowercase(), shown.replace('-', " "), shown.replace('0', "o"), shown.replace('1', "l")]
        {
            assert_eq!(written.parse::<CertificateCode>().as_ref(), Ok(&code), "{written}");
        }
    }

    #[test]
    fn case_and_dashes_of_older_codes_are_significant() {
        let (one, other) = ("aB3-xyz".parse::<CertificateCode>(), "AB3-xyz".parse::<CertificateCode>());
        assert!(one.is_ok() && one != other);
    }

    #[test]
    fn debug_output_omits_the_code() {
        assert_eq!(format!("{:?}", code()), "CertificateCode(…)");
    }
}
