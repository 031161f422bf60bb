use x509_parser::extensions::{ParsedExtension, X509Extension};

use super::Lint;

/// A relying party rejects a certificate with a critical extension that it does not recognise.
pub(super) const LINT: Lint = Lint {
    rule: "every critical extension is one that all relying parties process",
    citation: "RFC 5280 §4.2",
    holds: |link| {
        link.certificate.extensions().iter().all(|extension| !extension.critical || is_known(extension))
    },
};

fn is_known(extension: &X509Extension<'_>) -> bool {
    matches!(
        extension.parsed_extension(),
        ParsedExtension::BasicConstraints(_)
            | ParsedExtension::KeyUsage(_)
            | ParsedExtension::ExtendedKeyUsage(_)
            | ParsedExtension::NameConstraints(_)
            | ParsedExtension::CertificatePolicies(_)
            | ParsedExtension::PolicyMappings(_)
            | ParsedExtension::PolicyConstraints(_)
            | ParsedExtension::InhibitAnyPolicy(_)
    )
}
