use super::Lint;
use crate::issuance::MAXIMUM_VALIDITY;

/// A subscriber certificate is valid only while each certificate of its path is valid (RFC 5280 §6.1.3 a 2). With less
/// remaining time, the CA could never issue a certificate with the maximum validity.
pub(super) const LINT: Lint = Lint {
    rule: "the certificate remains valid for at least 825 days, the maximum validity of a subscriber certificate",
    citation: "SBR §6.3.2",
    holds: |link| {
        let left = link.certificate.validity().not_after.timestamp() - link.now.as_seconds();
        left >= MAXIMUM_VALIDITY
    },
};
