use x509_parser::certificate::TbsCertificate;

use super::Lint;
use crate::issuance::IssuanceProfile;

pub(super) const LINT: Lint = Lint {
    rule: "the basic constraints do not mark the subject as a CA",
    citation: "RFC 5280 §4.2.1.9, SBR §7.1.2.3 d",
    holds,
};

fn holds(certificate: &TbsCertificate<'_>, _: &IssuanceProfile) -> bool {
    let constraints = certificate.basic_constraints();
    constraints.is_ok_and(|constraints| constraints.is_none_or(|constraints| !constraints.value.ca))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn a_ca_certificate_is_reported() {
        assert_breaks(&LINT, |sample| {
            sample.params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        });
    }
}
