use super::Lint;

/// RFC 5280 §4.2.1.3 only recommends that the extension is critical.
pub(super) const LINT: Lint = Lint {
    rule: "keyUsage is critical and contains keyCertSign",
    citation: "SBR §7.1.2.2 e",
    holds: |link| {
        let usage = link.certificate.key_usage();
        usage.is_ok_and(|found| found.is_some_and(|found| found.critical && found.value.key_cert_sign()))
    },
};
