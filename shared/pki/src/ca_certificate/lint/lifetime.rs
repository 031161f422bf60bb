use super::Lint;
use crate::issuance::MAXIMUM_VALIDITY;

/// A certificate that a CA issues must not be valid for longer than the CA certificate (RFC 5280 §6.1.3 a 2 for each
/// certificate of the path).
pub(super) const LINT: Lint = Lint {
    rule: "the certificate remains valid for at least 825 days, the maximum validity of a subscriber certificate",
    citation: "SBR §6.3.2",
    holds: |link| {
        let left = link.certificate.validity().not_after.timestamp() - link.now.as_seconds();
        left >= MAXIMUM_VALIDITY
    },
};
