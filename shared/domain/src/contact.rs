//! A subscriber's contact data: email address and telephone number.

use std::str::FromStr;

use pki::{Rfc822Name, Rfc822NameError};
use serde::{Deserialize, Serialize};

use super::{
    fields::{Field, Rule},
    text::{nfkc, normalise, within, without_separators},
};

/// An email address that is valid in a certificate and within the length limit of [`Field::EmailAddress`]. The domain
/// is stored in lower case.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(Rfc822Name);

impl EmailAddress {
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the address as an rfc822Name, the form used in certificates.
    pub fn as_rfc822_name(&self) -> &Rfc822Name {
        &self.0
    }

    /// Returns the address in lower case, for comparisons. Subscribers do not remember the letter case of the local
    /// part, and email providers ignore it.
    pub fn comparison_key(&self) -> String {
        self.as_str().to_ascii_lowercase()
    }

    /// Returns true if the address is not `other`. A difference in case is not a difference.
    pub fn is_other_mailbox(&self, other: &Self) -> bool {
        self.comparison_key() != other.comparison_key()
    }

    /// Returns the address with all but the first character of the local part masked, such as `t***@example.co.jp`.
    pub fn masked(&self) -> String {
        match self.as_str().split_once('@') {
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
        within(&text, Field::EmailAddress.max_length())?;
        text.parse().map(Self).map_err(|Rfc822NameError| Rule::NotAMailbox)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = Rule;

    fn try_from(input: String) -> Result<Self, Rule> {
        input.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.as_str().to_owned()
    }
}

/// Formats the masked address, so that complete addresses do not appear in logs.
impl std::fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A Japanese telephone number of 10 or 11 digits, including the leading 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Returns the digits, including the leading 0.
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
