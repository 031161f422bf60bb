use x509_parser::certificate::TbsCertificate;

use super::Lint;
use crate::issuance::IssuanceProfile;

pub(super) const LINT: Lint = Lint {
    rule: "the issuer is the CA's subject, octet for octet",
    citation: "RFC 5280 §4.1.2.4, SBR §7.1.4.1",
    holds,
};

fn holds(certificate: &TbsCertificate<'_>, profile: &IssuanceProfile) -> bool {
    certificate.issuer.as_raw() == profile.authority().subject_der()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn a_different_encoding_of_the_issuer_name_is_reported() {
        assert_breaks(&LINT, |sample| {
            // rcgen encodes this country as a UTF8String, but the subject of the CA contains a PrintableString.
            sample.issuer.distinguished_name.push(rcgen::DnType::CountryName, "JP");
        });
    }
}
