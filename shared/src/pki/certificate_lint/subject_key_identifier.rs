use x509_parser::{certificate::TbsCertificate, extensions::ParsedExtension};

use super::{Lint, extensions};
use crate::pki::issuance::IssuanceProfile;

pub(super) const LINT: Lint = Lint {
    rule: "there is a subject key identifier, and it is not the CA's",
    citation: "RFC 5280 §4.2.1.2",
    holds,
};

fn holds(certificate: &TbsCertificate<'_>, profile: &IssuanceProfile) -> bool {
    let mut identifiers = extensions(certificate, |extension| match extension {
        ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0),
        _ => None,
    });
    identifiers.next().is_some_and(|identifier| {
        !identifier.is_empty() && identifier != profile.authority().subject_key_identifier()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::certificate_lint::sample::assert_breaks;

    #[test]
    fn none_and_the_cas_break_it() {
        assert_breaks(&LINT, |sample| sample.params.is_ca = rcgen::IsCa::NoCa);
        assert_breaks(&LINT, |sample| {
            let of_the_ca = sample.authority.subject_key_identifier().to_vec();
            sample.params.key_identifier_method = rcgen::KeyIdMethod::PreSpecified(of_the_ca);
        });
    }
}
