//! How a subscriber is reached: mailbox and telephone.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{
    fields::{Field, Rule},
    text::{nfkc, normalise, within, without_separators},
};

/// A mailbox that a certificate can hold as rfc822Name (RFC 5280 §4.2.1.6): ASCII, a dot-string local part
/// and a domain name (RFC 5321 §4.1.2), at most 254 octets. The domain is kept in lower case.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as it is compared: people do not remember how they wrote the local part, and no provider
    /// tells mailboxes apart by case.
    pub fn comparison_key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The address with its local part hidden but for the first character, such as `t***@example.co.jp`.
    pub fn masked(&self) -> String {
        match self.0.split_once('@') {
            Some((local, domain)) => format!("{}***@{domain}", local.chars().next().unwrap_or_default()),
            None => "***".to_owned(),
        }
    }
}

impl FromStr for EmailAddress {
    type Err = Rule;

    fn from_str(input: &str) -> Result<Self, Rule> {
        let text = normalise(input)?;
        if text.is_empty() {
            return Err(Rule::Required);
        }
        within(&text, Field::EmailAddress)?;
        let options = email_address::Options {
            minimum_sub_domains: 2,
            allow_domain_literal: false,
            allow_display_text: false,
        };
        let parsed =
            email_address::EmailAddress::parse_with_options(&text, options).map_err(|_| Rule::NotAMailbox)?;
        let (local, domain) = (parsed.local_part(), parsed.domain());
        if !text.is_ascii()
            || local.starts_with('"')
            || local.len() > 64
            || !domain.split('.').all(is_host_label)
        {
            return Err(Rule::NotAMailbox);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }
}

/// Letters, digits and inner hyphens, at most 63 of them (RFC 1123 §2.1).
fn is_host_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl TryFrom<String> for EmailAddress {
    type Error = Rule;

    fn try_from(input: String) -> Result<Self, Rule> {
        input.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

/// Shows the masked form, so that an address cannot slip into the log.
impl std::fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A Japanese telephone number: 10 or 11 digits with the leading 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhoneNumber {
    type Err = Rule;

    fn from_str(input: &str) -> Result<Self, Rule> {
        let compact = without_separators(&nfkc(input)).replace(['(', ')'], "");
        if compact.is_empty() {
            return Err(Rule::Required);
        }
        let national = match compact.strip_prefix("+81") {
            Some(rest) if rest.starts_with('0') => rest.to_owned(),
            Some(rest) => format!("0{rest}"),
            None => compact,
        };
        let digits = national.bytes().all(|b| b.is_ascii_digit());
        if digits && national.starts_with('0') && (10..=11).contains(&national.len()) {
            Ok(Self(national))
        } else {
            Err(Rule::NotAPhoneNumber)
        }
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = Rule;

    fn try_from(input: String) -> Result<Self, Rule> {
        input.parse()
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}
