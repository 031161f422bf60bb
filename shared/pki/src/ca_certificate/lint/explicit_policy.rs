use x509_parser::{certificate::X509Certificate, extensions::ParsedExtension, oid_registry::asn1_rs::Oid};

use super::{Link, Lint};
use crate::issuance::CertificatePolicy;

/// If a certificate of the path requires an explicit policy, relying parties accept a subscriber certificate only if
/// each certificate of the path allows one of its policies. requireExplicitPolicy with any number of skipped
/// certificates is treated alike, because a later renewal can shorten the path.
pub(super) const LINT: Lint = Lint {
    rule: "certificatePolicies allows the policy of the issued certificates if a certificate of the path requires an \
           explicit policy",
    citation: "RFC 5280 §4.2.1.11",
    holds: |link| !is_required(link) || allows_policy(link.certificate),
};

fn is_required(link: &Link<'_>) -> bool {
    link.path.iter().any(|certificate| match certificate.policy_constraints() {
        Ok(None) => false,
        Ok(Some(constraints)) => constraints.value.require_explicit_policy.is_some(),
        Err(_) => true,
    })
}

fn allows_policy(certificate: &X509Certificate<'_>) -> bool {
    const ANY_POLICY: &[u64] = &[2, 5, 29, 32, 0];
    let policy = CertificatePolicy::sponsor_validated_multipurpose();
    let allowed = [policy.identifier(), ANY_POLICY].map(|components| Oid::from(components).ok());
    certificate.extensions().iter().any(|extension| match extension.parsed_extension() {
        ParsedExtension::CertificatePolicies(policies) => {
            policies.iter().any(|found| allowed.contains(&Some(found.policy_id.clone())))
        }
        _ => false,
    })
}
