//! A subscriber's contact data: email address and telephone number.

mod entered_address;

use std::str::FromStr;

use pki::{Rfc822Name, Rfc822NameError};
use serde::{Deserialize, Serialize};

use super::{
    fields::Rule,
    text::{nfkc, without_separators},
};

/// An email address that is valid in a certificate. The domain is stored in lower case, and an internationalised domain
/// name as A-labels.
///
/// Parsing accepts the forms in which addresses are pasted, such as links and `Name <address>`, and names the fault of
/// any other text. Conversion from a stored string accepts only the normal form.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(Rfc822Name);

impl EmailAddress {
    /// Parses an address that is entered for a new certificate. An address with an all-numeric top-level label is not a
    /// domain name (RFC 3696 §2), but earlier versions accepted it, so [`FromStr`] still accepts it.
    ///
    /// # Errors
    ///
    /// Returns [`Rule::NumericDomain`] for an address with an all-numeric top-level label, and otherwise the rule that
    /// the text breaks.
    pub fn parse_new(input: &str) -> Result<Self, Rule> {
        let address: Self = input.parse()?;
        if entered_address::has_numeric_end(address.as_str()) {
            Err(Rule::NumericDomain)
        } else {
            Ok(address)
        }
    }

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
        entered_address::read(input).map(Self)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = Rfc822NameError;

    fn try_from(stored: String) -> Result<Self, Rfc822NameError> {
        stored.parse().map(Self)
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
