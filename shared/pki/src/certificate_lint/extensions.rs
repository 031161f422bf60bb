use x509_parser::{certificate::TbsCertificate, extensions::ParsedExtension};

use super::Lint;
use crate::issuance::IssuanceProfile;

pub(super) const LINT: Lint = Lint {
    rule: "every extension is known and occurs only once, and only keyUsage and basicConstraints are critical",
    citation: "RFC 5280 §4.2, SBR §7.1.2.3",
    holds,
};

fn holds(certificate: &TbsCertificate<'_>, _: &IssuanceProfile) -> bool {
    let fits = |extension: &x509_parser::extensions::X509Extension<'_>| match extension.parsed_extension() {
        ParsedExtension::KeyUsage(_) | ParsedExtension::BasicConstraints(_) => extension.critical,
        ParsedExtension::AuthorityKeyIdentifier(_)
        | ParsedExtension::SubjectKeyIdentifier(_)
        | ParsedExtension::ExtendedKeyUsage(_)
        | ParsedExtension::SubjectAlternativeName(_)
        | ParsedExtension::CertificatePolicies(_)
        | ParsedExtension::CRLDistributionPoints(_)
        | ParsedExtension::AuthorityInfoAccess(_) => !extension.critical,
        _ => false,
    };
    certificate.extensions().iter().all(fits) && certificate.extensions_map().is_ok()
}

#[cfg(test)]
mod tests {
    use rcgen::CustomExtension;

    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn unknown_and_repeated_extensions_are_reported() {
        assert_breaks(&LINT, |sample| {
            let unknown = CustomExtension::from_oid_content(&[2, 999, 1], vec![5, 0]);
            sample.params.custom_extensions.push(unknown);
        });
        assert_breaks(&LINT, |sample| {
            let again = sample.params.custom_extensions[0].clone();
            sample.params.custom_extensions.push(again);
        });
    }
}
