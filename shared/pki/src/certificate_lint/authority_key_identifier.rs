use x509_parser::{certificate::TbsCertificate, extensions::ParsedExtension};

use super::{Lint, find_extensions};
use crate::issuance::IssuanceProfile;

pub(super) const LINT: Lint = Lint {
    rule: "the authority key identifier contains only the CA's subject key identifier",
    citation: "RFC 5280 §4.2.1.1, SBR §7.1.2.3 g",
    holds,
};

fn holds(certificate: &TbsCertificate<'_>, profile: &IssuanceProfile) -> bool {
    let mut identifiers = find_extensions(certificate, |extension| match extension {
        ParsedExtension::AuthorityKeyIdentifier(identifier) => Some(identifier),
        _ => None,
    });
    identifiers.next().is_some_and(|identifier| {
        let key_identifier = identifier.key_identifier.as_ref().map(|octets| octets.0);
        key_identifier == Some(profile.authority().subject_key_identifier())
            && identifier.authority_cert_issuer.is_none()
            && identifier.authority_cert_serial.is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn a_missing_or_different_identifier_is_reported() {
        assert_breaks(&LINT, |sample| sample.params.use_authority_key_identifier_extension = false);
        assert_breaks(&LINT, |sample| {
            sample.issuer.key_identifier_method = rcgen::KeyIdMethod::PreSpecified(vec![7; 20]);
        });
    }
}
