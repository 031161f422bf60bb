//! The stop code (停止コード), with which the owner of the registered mailbox stops an application that names another
//! email address.

use std::str::FromStr;

use super::{certificate_code::CertificateCode, enrollment::code_hash, fields::Rule};

/// A stop code, which has the format of a certificate code of this system and therefore 135 secret bits. The code is an
/// email's proof that its reader has the registered mailbox. `Debug` output does not reveal the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopCode(CertificateCode);

impl StopCode {
    /// Creates a code from the first 135 bits of `secret`, which must be unpredictable.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(CertificateCode::from_secret(secret))
    }

    /// Returns the code for display, in groups of symbols.
    pub fn to_display(&self) -> String {
        self.0.to_display()
    }

    /// Returns the SHA-256 hash under which the code is stored, in lower-case hexadecimal.
    pub fn sha256(&self) -> String {
        code_hash("stop code", &self.0)
    }
}

impl FromStr for StopCode {
    type Err = Rule;

    /// Parses a code in any notation. No older system issued stop codes, so other texts contain a typing error.
    fn from_str(input: &str) -> Result<Self, Rule> {
        let code: CertificateCode = input.parse()?;
        if code.is_of_this_system() { Ok(Self(code)) } else { Err(Rule::CertificateCodeTypo) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrollment::code_sha256;

    #[test]
    fn a_stop_code_is_read_in_every_notation_of_its_symbols() {
        let code = StopCode::from_secret(&[7; 32]);
        let shown = code.to_display();
        for written in [shown.to_lowercase(), shown.replace('-', " "), shown.replace('-', "")] {
            assert_eq!(written.parse::<StopCode>().as_ref(), Ok(&code), "{written}");
        }
        assert_eq!("".parse::<StopCode>(), Err(Rule::Required));
        assert_eq!("an older code".parse::<StopCode>(), Err(Rule::CertificateCodeTypo));
        assert_eq!(format!("{code:?}"), "StopCode(CertificateCode(…))");
    }

    #[test]
    fn a_stop_code_and_a_certificate_code_have_different_hashes() {
        let secret = [7; 32];
        let code = CertificateCode::from_secret(&secret);
        assert_ne!(StopCode::from_secret(&secret).sha256(), code_sha256(&code));
    }
}
