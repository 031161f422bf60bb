//! Distinguished names in the form that rcgen encodes.

use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue};
use x509_parser::{
    asn1_rs::{Any, Tag},
    prelude::FromDer,
    x509::X509Name,
};

use super::{CertificationAuthority, ToBeSigned};

/// Converts the value of an attribute that RFC 5280 appendix A defines as a PrintableString, such as the country.
/// Returns `None` when `value` contains other characters.
pub(super) fn printable_string(value: &str) -> Option<DnValue> {
    value.try_into().ok().map(DnValue::PrintableString)
}

/// Converts the name of `authority` for rcgen. rcgen retains only one attribute of each type and encodes one attribute
/// per relative name. The result is therefore compared with the original. Returns `None` when an octet differs.
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

/// Encodes `name` by generating a certificate that contains it, because rcgen cannot encode a name alone.
fn encoded(name: &DistinguishedName, authority: &CertificationAuthority) -> Option<Vec<u8>> {
    let mut params = CertificateParams::default();
    params.distinguished_name = name.clone();
    let to_be_signed = ToBeSigned::capture(authority.public_key(), |key| params.self_signed(key)).ok()?;
    let (_, parsed) = x509_parser::certificate::TbsCertificate::from_der(to_be_signed.der()).ok()?;
    Some(parsed.subject.as_raw().to_vec())
}
