//! The keys that are derived from credentials: database keys, and the sign-in codes of step 1.
//!
//! Certificate codes from older systems may be short. A plain hash would not protect a short code, because an attacker
//! with a copy of the table could hash all short codes. All keys are therefore HMAC-SHA-256 values under a secret, the
//! pepper. A key service derives the pepper when the process starts, and the pepper is never stored.

use std::fmt;

use ring::hmac::{self, HMAC_SHA256};

use super::{certificate_code::CertificateCode, contact::EmailAddress, sign_in_code::SignInCode};

/// The message from which the code key derives the pepper.
pub const PEPPER_LABEL: &[u8] = b"pepper of credential keys";

/// Derives keys from credentials. `Debug` does not reveal the pepper.
#[derive(Clone)]
pub struct CredentialKeys(hmac::Key);

/// The database key of the enrollment for an email address and a certificate code. A failed lookup does not reveal
/// whether the address or the code was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LoginKey(String);

/// The database key for the failed attempts with one set of credentials. The credentials are not stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ThrottleKey(String);

impl CredentialKeys {
    /// Creates a derivation that uses `pepper` as the secret.
    pub fn from_pepper(pepper: &[u8; 32]) -> Self {
        Self(hmac::Key::new(HMAC_SHA256, pepper))
    }

    /// Returns the login key for an email address and a certificate code.
    pub fn login(&self, email_address: &EmailAddress, code: &CertificateCode) -> LoginKey {
        LoginKey(self.hex("login", &[email_address.comparison_key().as_bytes(), code.as_bytes()]))
    }

    /// Returns the throttle key for a pair of email address and certificate code, even if the pair is not registered.
    pub fn pair_throttle(&self, email_address: &EmailAddress, code: &CertificateCode) -> ThrottleKey {
        ThrottleKey(self.hex("throttle pair", &[email_address.comparison_key().as_bytes(), code.as_bytes()]))
    }

    /// Returns the throttle key for the certificate code of a pick-up, even if the code is not valid.
    pub fn code_throttle(&self, code: &CertificateCode) -> ThrottleKey {
        ThrottleKey(self.hex("throttle code", &[code.as_bytes()]))
    }

    /// Returns the sign-in code for the email of the outbox row `outbox_id`.
    pub fn sign_in_code(&self, outbox_id: &str) -> SignInCode {
        SignInCode::from_secret(self.tag("sign-in code", &[outbox_id.as_bytes()]).as_ref())
    }

    /// Returns a value that identifies the code key. No database key or code equals it or can be computed from it.
    pub fn fingerprint(&self) -> String {
        self.hex("fingerprint", &[])
    }

    fn hex(&self, purpose: &str, parts: &[&[u8]]) -> String {
        data_encoding::HEXLOWER.encode(self.tag(purpose, parts).as_ref())
    }

    /// Returns the HMAC over `purpose` and all parts, each preceded by its length. The results for different purposes
    /// differ.
    fn tag(&self, purpose: &str, parts: &[&[u8]]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.sign()
    }
}

impl fmt::Debug for CredentialKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialKeys(…)")
    }
}

impl LoginKey {
    /// Returns the key in lower-case hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ThrottleKey {
    /// Returns the key in lower-case hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_depend_on_the_pepper_the_purpose_and_every_credential() {
        let (keys, others) = (CredentialKeys::from_pepper(&[1; 32]), CredentialKeys::from_pepper(&[2; 32]));
        let address = |text: &str| text.parse::<EmailAddress>().unwrap();
        let code = |text: &str| text.parse::<CertificateCode>().unwrap();
        let (taro, hanako) = (address("taro@example.co.jp"), address("hanako@example.co.jp"));
        let login = keys.login(&taro, &code("1234"));
        assert_eq!(login, keys.login(&address("TARO@example.co.jp"), &code("1234")));
        let different = [
            others.login(&taro, &code("1234")).0,
            keys.login(&hanako, &code("1234")).0,
            keys.login(&taro, &code("1235")).0,
            keys.pair_throttle(&taro, &code("1234")).0,
            keys.code_throttle(&code("1234")).0,
        ];
        assert!(!different.contains(&login.0));
        assert_ne!(keys.sign_in_code("a"), keys.sign_in_code("b"));
        assert_ne!(keys.sign_in_code("a"), others.sign_in_code("a"));
        assert_eq!(format!("{keys:?}"), "CredentialKeys(…)");
    }
}
