//! Builds the subject of subscriber certificates (SBR §7.1.4.2.2).

use rcgen::{DistinguishedName, DnType, DnValue};
use x509_parser::x509::X509Name;

use crate::{DirectoryString, distinguished_name::printable_string};

const COUNTRY: &str = "JP";
/// The object identifier of organizationIdentifier (X.520 §6.4.4).
const ORGANIZATION_IDENTIFIER: &[u64] = &[2, 5, 4, 97];
const SURNAME: &[u64] = &[2, 5, 4, 4];
const GIVEN_NAME: &[u64] = &[2, 5, 4, 42];

/// The value of the organizationIdentifier attribute, which contains an organization's trade register number (SBR
/// appendix A).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationIdentifier(String);

impl OrganizationIdentifier {
    /// Creates the identifier from the organization's corporate number (法人番号) in Japan's trade register. The number is
    /// not validated here, but a certificate lint rejects numbers for which [`Self::is_corporate_number`] returns
    /// false.
    pub fn trade_register(number: &str) -> Self {
        Self(format!("NTR{COUNTRY}-{number}"))
    }

    /// Returns true if `digits` consists of 13 digits and the first digit is the correct check digit. The National Tax
    /// Agency defines the check digit as 9 − (Σ Pₙ·Qₙ mod 9). Pₙ is the n-th digit from the right, excluding the check
    /// digit. Qₙ is 1 if n is odd and 2 if n is even.
    pub fn is_corporate_number(digits: &[u8]) -> bool {
        let [check, others @ ..] = digits else { return false };
        let weighted = others.iter().rev().zip([1, 2].into_iter().cycle());
        let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight).sum();
        digits.len() == 13 && digits.iter().all(u8::is_ascii_digit) && u32::from(check - b'0') == 9 - sum % 9
    }
}

/// The subject of a certificate: the names of the subscriber and of the sponsoring organization. The country is always
/// JP.
///
/// The subject contains neither a department nor a job title, because an organizational unit must be the legal name of
/// an affiliate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectName {
    organization_name: DirectoryString,
    organization_identifier: OrganizationIdentifier,
    common_name: DirectoryString,
    surname: String,
    given_name: Option<String>,
}

impl SubjectName {
    /// Creates a subject name. `personal_name` consists of the surname, a space and the given name. A name without a
    /// space is encoded as a surname (SBR §7.1.4.2.2 e).
    pub fn new(
        organization_name: DirectoryString,
        organization_identifier: OrganizationIdentifier,
        common_name: DirectoryString,
        personal_name: &DirectoryString,
    ) -> Self {
        let (surname, given_name) = match personal_name.as_str().split_once(' ') {
            Some((surname, given_name)) => (surname, Some(given_name.to_owned())),
            None => (personal_name.as_str(), None),
        };
        Self {
            organization_name,
            organization_identifier,
            common_name,
            surname: surname.to_owned(),
            given_name,
        }
    }

    /// Returns the countryName attribute, a two-letter code (ISO 3166-1).
    pub fn country_name(&self) -> &'static str {
        COUNTRY
    }

    /// Returns the legal name of the organization (organizationName).
    pub fn organization_name(&self) -> &str {
        self.organization_name.as_str()
    }

    /// Returns the organizationIdentifier attribute, which consists of `NTRJP-` and the corporate number.
    pub fn organization_identifier(&self) -> &str {
        &self.organization_identifier.0
    }

    /// Returns the display name of the subscriber (commonName).
    pub fn common_name(&self) -> &str {
        self.common_name.as_str()
    }

    /// Returns the types and values of the attributes in encoding order.
    fn attributes(&self) -> Vec<(DnType, String)> {
        let mut attributes = vec![
            (DnType::CountryName, COUNTRY.to_owned()),
            (DnType::OrganizationName, self.organization_name().to_owned()),
            (DnType::from_oid(ORGANIZATION_IDENTIFIER), self.organization_identifier().to_owned()),
            (DnType::from_oid(SURNAME), self.surname.clone()),
        ];
        attributes.extend(self.given_name.clone().map(|name| (DnType::from_oid(GIVEN_NAME), name)));
        attributes.push((DnType::CommonName, self.common_name().to_owned()));
        attributes
    }

    pub(super) fn to_distinguished_name(&self) -> DistinguishedName {
        let mut name = DistinguishedName::new();
        for (attribute_type, value) in self.attributes() {
            let value = match attribute_type {
                DnType::CountryName => printable_string(&value).unwrap_or(DnValue::Utf8String(value)),
                _ => DnValue::Utf8String(value),
            };
            name.push(attribute_type, value);
        }
        name
    }

    /// Returns true if `name` contains exactly the attributes of this subject in the same order.
    pub(super) fn is_that_of(&self, name: &X509Name<'_>) -> bool {
        let read = name.iter_attributes().map(|attribute| {
            let attribute_type: Option<Vec<u64>> = attribute.attr_type().iter().map(Iterator::collect);
            (attribute_type.map(|oid| DnType::from_oid(&oid)), attribute.attr_value().data.to_vec())
        });
        read.eq(self.attributes().into_iter().map(|(oid, value)| (Some(oid), value.into_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surname_comes_first() {
        let name = |text: &str| DirectoryString::try_from(text.to_owned()).unwrap();
        let subject = |personal| {
            let number = OrganizationIdentifier::trade_register("7000012050002");
            SubjectName::new(name("Sample K.K."), number, name("Any"), &name(personal))
        };
        for (personal, surname, given_name) in [
            ("Mihon Taro", "Mihon", Some("Taro")),
            ("Garcia Maria Jose", "Garcia", Some("Maria Jose")),
            ("Madonna", "Madonna", None),
        ] {
            let subject = subject(personal);
            assert_eq!((subject.surname.as_str(), subject.given_name.as_deref()), (surname, given_name));
        }
    }
}
