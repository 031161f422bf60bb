use x509_parser::{certificate::TbsCertificate, extensions::ParsedExtension};

use super::{Lint, find_extensions};
use crate::issuance::IssuanceProfile;

pub(super) const LINT: Lint = Lint {
    rule: "the certificate policies are those of the profile, including the SBR policy for sponsor-validated multipurpose",
    citation: "RFC 5280 §4.2.1.4, SBR §7.1.6.1",
    holds,
};

const SPONSOR_VALIDATED_MULTIPURPOSE: &str = "2.23.140.1.5.3.2";

fn holds(certificate: &TbsCertificate<'_>, profile: &IssuanceProfile) -> bool {
    let policies = find_extensions(certificate, |extension| match extension {
        ParsedExtension::CertificatePolicies(policies) => Some(policies),
        _ => None,
    });
    let identifiers: Vec<_> = policies.flatten().map(|policy| policy.policy_id.to_id_string()).collect();
    let dotted = |components: &[u64]| components.iter().map(u64::to_string).collect::<Vec<_>>().join(".");
    identifiers.iter().any(|identifier| identifier == SPONSOR_VALIDATED_MULTIPURPOSE)
        && identifiers.into_iter().eq(profile.policies().iter().map(|policy| dotted(policy.identifier())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn missing_policies_are_reported() {
        assert_breaks(&LINT, |sample| {
            sample.params.custom_extensions.remove(0);
        });
    }
}
