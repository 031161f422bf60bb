use super::Lint;

/// Subscribers choose their address in the application, and the service does not compare it with name constraints. Such
/// a CA would issue certificates that relying parties reject.
pub(super) const LINT: Lint = Lint {
    rule: "nameConstraints is absent",
    citation: "RFC 5280 §4.2.1.10",
    holds: |link| link.certificate.name_constraints().is_ok_and(|found| found.is_none()),
};
