//! The subject of a subscriber certificate (SBR §7.1.4.2.2).

use rcgen::{DistinguishedName, DnType, DnValue};
use x509_parser::x509::X509Name;

use crate::{DirectoryString, distinguished_name::printable_string};

const COUNTRY: &str = "JP";
/// organizationIdentifier (X.520 §6.4.4)
const ORGANIZATION_IDENTIFIER: &[u64] = &[2, 5, 4, 97];
const SURNAME: &[u64] = &[2, 5, 4, 4];
const GIVEN_NAME: &[u64] = &[2, 5, 4, 42];

/// An organisation's number in a register (SBR appendix A).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationIdentifier(String);

impl OrganizationIdentifier {
    /// The organisation with this `number` in Japan's trade register.
    pub fn trade_register(number: &str) -> Self {
        Self(format!("NTR{COUNTRY}-{number}"))
    }
}

/// Who a subscriber is, with the organisation that sponsors the certificate. The country is JP.
///
/// Department and title are not part of it: an organizational unit would have to be an affiliate's legal name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectName {
    organization_name: DirectoryString,
    organization_identifier: OrganizationIdentifier,
    common_name: DirectoryString,
    surname: String,
    given_name: Option<String>,
}

impl SubjectName {
    /// From its parts. `personal_name` is written with the surname first; who has one name only has a surname
    /// (SBR §7.1.4.2.2 e).
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

    /// countryName: two letters (ISO 3166-1).
    pub fn country_name(&self) -> &'static str {
        COUNTRY
    }

    /// organizationName
    pub fn organization_name(&self) -> &str {
        self.organization_name.as_str()
    }

    /// organizationIdentifier
    pub fn organization_identifier(&self) -> &str {
        &self.organization_identifier.0
    }

    /// commonName
    pub fn common_name(&self) -> &str {
        self.common_name.as_str()
    }

    /// The attributes in their order, each with its type.
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

    /// Whether `name` has these attributes, all of them and no others, in this order.
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
            ("Veri Taro", "Veri", Some("Taro")),
            ("Garcia Maria Jose", "Garcia", Some("Maria Jose")),
            ("Madonna", "Madonna", None),
        ] {
            let subject = subject(personal);
            assert_eq!((subject.surname.as_str(), subject.given_name.as_deref()), (surname, given_name));
        }
    }
}
