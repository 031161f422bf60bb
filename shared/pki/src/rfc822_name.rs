//! Validates email addresses in certificates.

use std::{fmt, str::FromStr};

/// An email address that a certificate can contain as rfc822Name (RFC 5280 §4.2.1.6). The address consists of an
/// unquoted ASCII local part of at most 64 octets and an ASCII domain name (RFC 5321 §4.1.2). The domain is stored in
/// lowercase.
///
/// ```
/// # use pki::Rfc822Name;
/// let mailbox: Rfc822Name = "taro.yamada@Example.CO.JP".parse()?;
/// assert_eq!(mailbox.as_str(), "taro.yamada@example.co.jp");
/// assert!("taro@[192.0.2.1]".parse::<Rfc822Name>().is_err());
/// let label = "a".repeat(63);
/// assert!(format!("taro@{label}.{label}.{label}.{label}").parse::<Rfc822Name>().is_err());
/// # Ok::<_, pki::Rfc822NameError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Rfc822Name(String);

/// The error returned if a string is not an email address that a certificate can contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an ASCII email address with a domain name")]
pub struct Rfc822NameError;

impl Rfc822Name {
    /// The maximum length of an email address in octets. RFC 5321 §4.5.3.1.3 allows 256 octets, including the enclosing
    /// angle brackets.
    pub const MAX_LENGTH: usize = 254;

    /// Returns the email address as a string slice.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Rfc822Name {
    type Err = Rfc822NameError;

    fn from_str(mailbox: &str) -> Result<Self, Rfc822NameError> {
        let options = email_address::Options {
            minimum_sub_domains: 2,
            allow_domain_literal: false,
            allow_display_text: false,
        };
        let parsed =
            email_address::EmailAddress::parse_with_options(mailbox, options).map_err(|_| Rfc822NameError)?;
        let (local, domain) = (parsed.local_part(), parsed.domain());
        if mailbox.len() <= Self::MAX_LENGTH
            && mailbox.is_ascii()
            && !local.starts_with('"')
            && local.len() <= 64
            && domain.split('.').all(is_host_label)
        {
            Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
        } else {
            Err(Rfc822NameError)
        }
    }
}

/// Returns true if `label` consists of 1 to 63 letters, digits and hyphens, without a hyphen at either end (RFC 1123
/// §2.1).
fn is_host_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Hides the email address, because it is personal data that must not appear in logs.
impl fmt::Debug for Rfc822Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rfc822Name(***)")
    }
}
