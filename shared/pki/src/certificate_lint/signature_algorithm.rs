use x509_parser::certificate::TbsCertificate;

use super::Lint;
use crate::{issuance::IssuanceProfile, to_be_signed::write_algorithm_identifier};

pub(super) const LINT: Lint = Lint {
    rule: "the signature algorithm is that of the CA's key",
    citation: "RFC 5280 §4.1.1.2, SBR §7.1.3.2",
    holds,
};

fn holds(certificate: &TbsCertificate<'_>, profile: &IssuanceProfile) -> bool {
    let algorithm = profile.authority().signature_algorithm();
    let expected = yasna::construct_der(|writer| write_algorithm_identifier(writer, algorithm));
    // The parsed values are compared, because x509-parser does not retain the encoded field.
    let read = &certificate.signature;
    x509_parser::prelude::FromDer::from_der(&expected).is_ok_and(|(_, expected)| *read == expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        certificate_lint::sample::assert_breaks,
        test_support::{KeyKind, TestCa},
    };

    #[test]
    fn the_algorithm_of_another_key_type_is_reported() {
        assert_breaks(&LINT, |sample| {
            sample.signing_key = TestCa::new(KeyKind::P384).authority.public_key().clone();
        });
    }
}
