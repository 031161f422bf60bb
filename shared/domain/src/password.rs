//! The application password (申請パスワード).

use std::{fmt, str::FromStr};

use super::{
    fields::{Field, Rule},
    text::{nfkc, within},
};

/// The password that the subscriber chose in the first application and uses for every reissue.
///
/// A password has 1 to 128 characters. NFKC normalisation is applied at registration and at every check (NIST SP
/// 800-63B-4 §3.1.1.2). Passwords are never trimmed or truncated. `Debug` output does not reveal the password, and the
/// type does not implement `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct ApplicationPassword(String);

impl ApplicationPassword {
    /// Returns the normalised password as bytes, for hashing.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Returns the number of Unicode scalar values.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }
}

impl FromStr for ApplicationPassword {
    type Err = Rule;

    fn from_str(input: &str) -> Result<Self, Rule> {
        let password = nfkc(input);
        if password.is_empty() {
            return Err(Rule::Required);
        }
        within(&password, Field::ApplicationPassword.max_length())?;
        Ok(Self(password))
    }
}

impl fmt::Debug for ApplicationPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApplicationPassword(…)")
    }
}
