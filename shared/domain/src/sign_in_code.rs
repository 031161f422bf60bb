//! The sign-in code (確認コード), which an email brings to the registered mailbox after many wrong attempts at step 1.

use std::{fmt, str::FromStr};

use super::{
    certificate_code::{ALPHABET, five_bits, in_groups, read_symbols},
    fields::Rule,
    text::{nfkc, without_separators},
};

/// The number of symbols of a code. Each symbol encodes five bits.
pub const SYMBOLS: usize = 8;

/// A sign-in code: 40 secret bits as eight symbols of Crockford's base 32. `Debug` does not reveal the code.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInCode(String);

impl SignInCode {
    /// Creates a code from the first 40 bits of `secret`, which must be unpredictable.
    pub(crate) fn from_secret(secret: &[u8]) -> Self {
        let values = (0..SYMBOLS).map(|index| usize::from(five_bits(secret, index * 5)));
        Self(values.map(|value| char::from(ALPHABET[value])).collect())
    }

    /// Returns the symbols without dashes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the code for display, in two groups of four symbols.
    pub fn to_display(&self) -> String {
        in_groups(&self.0)
    }
}

impl FromStr for SignInCode {
    type Err = Rule;

    fn from_str(input: &str) -> Result<Self, Rule> {
        let text = without_separators(&nfkc(input));
        if text.is_empty() {
            return Err(Rule::Required);
        }
        let values = read_symbols(&text).filter(|values| values.len() == SYMBOLS);
        let values = values.ok_or(Rule::NotASignInCode)?;
        Ok(Self(values.into_iter().map(|value| char::from(ALPHABET[usize::from(value)])).collect()))
    }
}

impl fmt::Debug for SignInCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_encodes_the_first_40_bits_and_is_read_back() {
        let code = SignInCode::from_secret(&[0x00, 0x44, 0x32, 0x14, 0xc7, 0xff]);
        assert_eq!(code.to_display(), "0123-4567");
        for written in ["0123-4567", "o1234567", " OI23 4567 ", "０１２３ー４５６７"] {
            assert_eq!(written.parse().as_ref(), Ok(&code), "{written}");
        }
        assert_eq!(format!("{code:?}"), "SignInCode(…)");
    }
}
