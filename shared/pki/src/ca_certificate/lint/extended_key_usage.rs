use super::Lint;

/// Relying parties require each purpose in every CA certificate that has the extension. `anyExtendedKeyUsage` is not
/// sufficient, because some relying parties ignore it.
pub(super) const LINT: Lint = Lint {
    rule: "extKeyUsage is absent, or contains emailProtection and clientAuth",
    citation: "SBR §7.1.2.2 g",
    holds: |link| {
        let usage = link.certificate.extended_key_usage();
        usage.is_ok_and(|found| {
            found.is_none_or(|found| found.value.email_protection && found.value.client_auth)
        })
    },
};
