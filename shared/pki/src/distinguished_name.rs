//! Converts distinguished names to the types of rcgen.

use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue};
use x509_parser::{
    asn1_rs::{Any, Tag},
    prelude::FromDer,
    x509::X509Name,
};

use super::{CertificationAuthority, ToBeSigned};

/// Creates a PrintableString, which RFC 5280 appendix A requires for some attributes, such as the country. Returns
/// `None` if `value` contains a character that a PrintableString does not allow.
pub(super) fn printable_string(value: &str) -> Option<DnValue> {
    value.try_into().ok().map(DnValue::PrintableString)
}

/// Converts the subject of `authority` to an rcgen name. The rcgen crate keeps only one attribute of each type and
/// encodes each attribute as a separate RelativeDistinguishedName. Returns `None` if rcgen would encode the name
/// differently from the CA's certificate.
pub(super) fn of_authority(authority: &CertificationAuthority) -> Option<DistinguishedName> {
    let (_, original) = X509Name::from_der(authority.subject_der()).ok()?;
    let mut name = DistinguishedName::new();
    for attribute in original.iter_attributes() {
        let attribute_type: Vec<u64> = attribute.attr_type().iter()?.collect();
        name.push(DnType::from_oid(&attribute_type), value(attribute.attr_value())?);
    }
    (encoded(&name, authority)? == authority.subject_der()).then_some(name)
}

fn value(value: &Any<'_>) -> Option<DnValue> {
    let text = std::str::from_utf8(value.data).ok()?;
    match value.tag() {
        Tag::Utf8String => Some(DnValue::Utf8String(text.to_owned())),
        Tag::PrintableString => printable_string(text),
        Tag::Ia5String => text.try_into().ok().map(DnValue::Ia5String),
        _ => None,
    }
}

/// Encodes `name` by generating a certificate that contains the name, because rcgen has no function that encodes only a
/// name.
fn encoded(name: &DistinguishedName, authority: &CertificationAuthority) -> Option<Vec<u8>> {
    let mut params = CertificateParams::default();
    params.distinguished_name = name.clone();
    let to_be_signed = ToBeSigned::capture(authority.public_key(), |key| params.self_signed(key)).ok()?;
    let (_, parsed) = x509_parser::certificate::TbsCertificate::from_der(to_be_signed.der()).ok()?;
    Some(parsed.subject.as_raw().to_vec())
}
