use x509_parser::{certificate::X509Certificate, extensions::ParsedExtension};

use super::Lint;

/// Relying parties use the identifier to select the issuer's certificate.
pub(super) const LINT: Lint = Lint {
    rule: "authorityKeyIdentifier contains the subjectKeyIdentifier of the issuer",
    citation: "RFC 5280 §4.2.1.1",
    holds: |link| match (issuer_key(link.certificate), subject_key(link.issuer)) {
        (Some(named), Some(key)) => named == key,
        // Some root certificates have no subjectKeyIdentifier.
        (named, None) => named.is_some(),
        (None, Some(_)) => false,
    },
};

fn issuer_key<'a>(certificate: &'a X509Certificate<'_>) -> Option<&'a [u8]> {
    certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(found) => found.key_identifier.as_ref().map(|key| key.0),
        _ => None,
    })
}

fn subject_key<'a>(certificate: &'a X509Certificate<'_>) -> Option<&'a [u8]> {
    certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(found) => Some(found.0),
        _ => None,
    })
}
