use x509_parser::{certificate::TbsCertificate, extensions::ParsedExtension};

use super::{Lint, find_extensions};
use crate::{issuance::IssuanceProfile, key_identifier};

pub(super) const LINT: Lint = Lint {
    rule: "the subject key identifier is the first 160 bits of the SHA-256 of the public key",
    citation: "RFC 5280 §4.2.1.2, RFC 7093 §2",
    holds,
};

fn holds(certificate: &TbsCertificate<'_>, _: &IssuanceProfile) -> bool {
    let mut identifiers = find_extensions(certificate, |extension| match extension {
        ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0),
        _ => None,
    });
    let key = &certificate.subject_pki.subject_public_key.data;
    identifiers.next().is_some_and(|identifier| identifier == key_identifier(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn a_missing_or_different_identifier_is_reported() {
        assert_breaks(&LINT, |sample| sample.params.is_ca = rcgen::IsCa::NoCa);
        assert_breaks(&LINT, |sample| {
            // With this method, rcgen hashes the whole SubjectPublicKeyInfo instead of only the key.
            sample.params.key_identifier_method = rcgen::KeyIdMethod::Sha256;
        });
    }
}
