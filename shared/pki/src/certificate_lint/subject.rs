use x509_parser::{
    asn1_rs::{Any, Tag},
    certificate::TbsCertificate,
    x509::X509Name,
};

use super::Lint;
use crate::issuance::{IssuanceProfile, OrganizationIdentifier};

pub(super) const LINT: Lint = Lint {
    rule: "the subject is a country, an organization with its identifier, a surname, perhaps a given name, and a \
           common name, each once and within its length",
    citation: "SBR §7.1.4.2.2, §7.1.4.2.5, RFC 5280 appendix A.1",
    holds,
};

fn holds(certificate: &TbsCertificate<'_>, _: &IssuanceProfile) -> bool {
    let mut attributes = attributes(&certificate.subject).into_iter();
    let mut next = |oid: &str, fits: fn(&Any<'_>) -> bool| {
        let fitting = attributes.as_slice().first().is_some_and(|(name, value)| name == oid && fits(value));
        if fitting {
            attributes.next();
        }
        fitting
    };
    let complete = next("2.5.4.6", is_country)
        && next("2.5.4.10", is_name)
        && next("2.5.4.97", is_national_trade_register_number)
        && next("2.5.4.4", is_name);
    let _given_name = next("2.5.4.42", is_name);
    complete && next("2.5.4.3", is_name) && attributes.len() == 0
}

fn attributes<'a>(name: &'a X509Name<'_>) -> Vec<(String, &'a Any<'a>)> {
    name.iter_attributes()
        .map(|attribute| (attribute.attr_type().to_id_string(), attribute.attr_value()))
        .collect()
}

fn is_country(value: &Any<'_>) -> bool {
    value.tag() == Tag::PrintableString
        && value.data.len() == 2
        && value.data.iter().all(u8::is_ascii_uppercase)
}

/// Returns true if `value` is a UTF8String of 1 to 64 characters without leading or trailing whitespace. RFC 5280
/// appendix A.1 specifies the maximum length (ub-organization-name and ub-common-name).
fn is_name(value: &Any<'_>) -> bool {
    const UPPER_BOUND: usize = 64;
    let text = std::str::from_utf8(value.data).unwrap_or_default();
    value.tag() == Tag::Utf8String && (1..=UPPER_BOUND).contains(&text.chars().count()) && text.trim() == text
}

/// Returns true if `value` is `NTRJP-` followed by a corporate number (SBR appendix A).
fn is_national_trade_register_number(value: &Any<'_>) -> bool {
    value.data.strip_prefix(b"NTRJP-").is_some_and(OrganizationIdentifier::is_corporate_number)
}

#[cfg(test)]
mod tests {
    use rcgen::{DnType, DnValue};

    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn missing_and_extra_attributes_are_reported() {
        for missing in [
            DnType::CountryName,
            DnType::OrganizationName,
            DnType::CommonName,
            DnType::from_oid(&[2, 5, 4, 97]),
        ] {
            assert_breaks(&LINT, |sample| {
                sample.params.distinguished_name.remove(missing);
            });
        }
        assert_breaks(&LINT, |sample| {
            sample.params.distinguished_name.push(DnType::OrganizationalUnitName, "Accounting");
        });
    }

    #[test]
    fn invalid_attribute_values_are_reported() {
        for (attribute_type, value) in [
            (DnType::CountryName, "JP".to_owned()),
            (DnType::CommonName, "x".repeat(65)),
            (DnType::OrganizationName, String::new()),
            (DnType::from_oid(&[2, 5, 4, 97]), "NTRJP-123".to_owned()),
            (DnType::from_oid(&[2, 5, 4, 97]), "NTRJP-7000012050003".to_owned()),
        ] {
            assert_breaks(&LINT, |sample| {
                sample.params.distinguished_name.push(attribute_type, DnValue::Utf8String(value));
            });
        }
    }
}
