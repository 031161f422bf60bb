use super::Lint;

/// Without the extension, the certificate is not a CA certificate.
pub(super) const LINT: Lint = Lint {
    rule: "basicConstraints is critical and has cA TRUE",
    citation: "RFC 5280 §4.2.1.9",
    holds: |link| {
        let constraints = link.certificate.basic_constraints();
        constraints.is_ok_and(|found| found.is_some_and(|found| found.critical && found.value.ca))
    },
};
