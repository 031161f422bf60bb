use x509_parser::certificate::TbsCertificate;

use super::Lint;
use crate::issuance::IssuanceProfile;

pub(super) const LINT: Lint = Lint {
    rule: "the extended key usage is emailProtection and clientAuth",
    citation: "SBR §7.1.2.3 f",
    holds,
};

fn holds(certificate: &TbsCertificate<'_>, _: &IssuanceProfile) -> bool {
    let Ok(Some(usage)) = certificate.extended_key_usage() else { return false };
    let usage = usage.value;
    let others =
        usage.any || usage.server_auth || usage.code_signing || usage.time_stamping || usage.ocsp_signing;
    usage.email_protection && usage.client_auth && !others && usage.other.is_empty()
}

#[cfg(test)]
mod tests {
    use rcgen::ExtendedKeyUsagePurpose;

    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn missing_and_extra_key_purposes_are_reported() {
        assert_breaks(&LINT, |sample| {
            sample.params.extended_key_usages.pop();
        });
        assert_breaks(&LINT, |sample| {
            sample.params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        });
    }
}
