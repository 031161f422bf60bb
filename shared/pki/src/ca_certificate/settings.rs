//! Validates the settings that an operator chooses for a CA.

use rcgen::{DistinguishedName, DnType, DnValue};
use x509_parser::{prelude::FromDer, public_key::PublicKey as ParsedKey, x509::SubjectPublicKeyInfo};

use crate::{
    DAY, DirectoryString, PublicKey, SignatureAlgorithm, Timestamp, distinguished_name::printable_string,
    issuance,
};

/// The minimum modulus length of a CA's RSA key, in bits. A 2048-bit modulus provides 112 bits of security, which NIST
/// SP 800-57 part 1 §5.6.3 allows only through 2030. Even the shortest [`CaLifetime`] extends beyond 2030.
const RSA_BITS: usize = 3072;

/// A CA's distinguished name, which consists of a country, an organization and a common name (SBR §7.1.4.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaName {
    country: DnValue,
    organization: DirectoryString,
    common_name: DirectoryString,
}

/// The validity period of a root certificate in days, from [`CaLifetime::MINIMUM`] to [`CaLifetime::MAXIMUM`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaLifetime {
    days: u32,
}

/// The error returned if a setting is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaSettingError {
    /// The country is not a code of two capital letters (ISO 3166-1).
    #[error("the country must be two capital letters, such as JP")]
    Country,
    /// The organization is empty, is too long or contains unsuitable characters.
    #[error("the organization must have 1 to 64 characters")]
    Organization,
    /// The common name is empty, is too long or contains unsuitable characters.
    #[error("the common name must have 1 to 64 characters")]
    CommonName,
    /// The lifetime is shorter than [`CaLifetime::MINIMUM`] or longer than [`CaLifetime::MAXIMUM`].
    #[error("a CA certificate must be valid for {} to {} days", CaLifetime::MINIMUM, CaLifetime::MAXIMUM)]
    Lifetime,
}

/// The key is too weak for a CA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an RSA key of a CA must have at least {RSA_BITS} bits")]
pub struct CaKeyError;

impl CaName {
    /// Creates a name from a two-letter country code, an organization and a common name.
    ///
    /// # Errors
    ///
    /// Returns [`CaSettingError`] for the first invalid attribute.
    pub fn new(country: &str, organization: &str, common_name: &str) -> Result<Self, CaSettingError> {
        if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
            return Err(CaSettingError::Country);
        }
        let name = |text: &str, error| DirectoryString::try_from(text.to_owned()).map_err(|_| error);
        Ok(Self {
            country: printable_string(country).ok_or(CaSettingError::Country)?,
            organization: name(organization, CaSettingError::Organization)?,
            common_name: name(common_name, CaSettingError::CommonName)?,
        })
    }

    pub(super) fn to_distinguished_name(&self) -> DistinguishedName {
        let mut name = DistinguishedName::new();
        name.push(DnType::CountryName, self.country.clone());
        name.push(DnType::OrganizationName, self.organization.as_str());
        name.push(DnType::CommonName, self.common_name.as_str());
        name
    }
}

impl CaLifetime {
    /// The minimum lifetime in days: twice the maximum validity period of a subscriber certificate. In the first half
    /// of this lifetime, the CA can issue certificates with the maximum validity period.
    pub const MINIMUM: u32 = 2 * (issuance::MAXIMUM_VALIDITY / DAY) as u32;
    /// The maximum lifetime in days: about 25 years, the limit for root certificates in TLS Baseline Requirements
    /// §7.1.2.1.1.
    pub const MAXIMUM: u32 = 9132;

    /// Creates a lifetime from a number of days.
    ///
    /// # Errors
    ///
    /// Returns [`CaSettingError::Lifetime`] if `days` is less than [`Self::MINIMUM`] or greater than [`Self::MAXIMUM`].
    pub fn from_days(days: u32) -> Result<Self, CaSettingError> {
        if (Self::MINIMUM..=Self::MAXIMUM).contains(&days) {
            Ok(Self { days })
        } else {
            Err(CaSettingError::Lifetime)
        }
    }

    /// Returns the last second of a validity period that begins at `not_before`.
    pub(super) fn end(self, not_before: Timestamp) -> Timestamp {
        not_before.plus(i64::from(self.days) * DAY - 1)
    }
}

/// Checks that `key` is strong enough for a CA.
pub(super) fn check_key(key: &PublicKey) -> Result<(), CaKeyError> {
    if key.algorithm() != SignatureAlgorithm::RsaPkcs1Sha256 {
        return Ok(());
    }
    let (_, info) = SubjectPublicKeyInfo::from_der(key.spki_der()).map_err(|_| CaKeyError)?;
    match info.parsed() {
        Ok(ParsedKey::RSA(rsa)) if rsa.key_size() >= RSA_BITS => Ok(()),
        _ => Err(CaKeyError),
    }
}
