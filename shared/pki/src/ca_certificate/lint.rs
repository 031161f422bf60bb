//! Lints an imported CA certificate and its parents. Each submodule contains one rule and its citation.
//!
//! A certification path can have valid signatures although relying parties reject every certificate below it. The rules
//! detect such paths before the CA issues its first certificate. The self-signed root is not linted, because relying
//! parties use only its name and key (RFC 5280 §6.1.1 d).

mod authority_key_identifier;
mod basic_constraints;
mod critical_extensions;
mod explicit_policy;
mod extended_key_usage;
mod key_usage;
mod lifetime;
mod name_constraints;
mod signature_algorithm;

use x509_parser::certificate::X509Certificate;

use crate::Timestamp;

/// A certificate of a certification path that is not the root.
struct Link<'a> {
    certificate: &'a X509Certificate<'a>,
    /// The certificate of the CA that issued `certificate`.
    issuer: &'a X509Certificate<'a>,
    /// The whole path, from the imported certificate to the root.
    path: &'a [X509Certificate<'a>],
    /// The time of the import.
    now: Timestamp,
}

/// A rule that each certificate of the path, except the root, must satisfy.
struct Lint {
    /// The condition that the certificate must satisfy.
    rule: &'static str,
    /// The clause that requires the condition.
    citation: &'static str,
    holds: fn(&Link<'_>) -> bool,
}

/// The rules about extensions and validity.
const LINTS: &[Lint] = &[
    critical_extensions::LINT,
    basic_constraints::LINT,
    key_usage::LINT,
    extended_key_usage::LINT,
    name_constraints::LINT,
    explicit_policy::LINT,
    authority_key_identifier::LINT,
    lifetime::LINT,
];

/// A rule that a certificate of the path violates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} violates the rule that {rule} ({citation}); ask the CA that issued it for a certificate that satisfies the rule",
    position(*.index)
)]
pub struct CaLintError {
    /// The index of the certificate in the path, starting at 0 for the imported certificate.
    pub index: usize,
    /// The condition that the certificate does not satisfy.
    pub rule: &'static str,
    /// The clause of the RFC or of the S/MIME Baseline Requirements that contains the rule.
    pub citation: &'static str,
}

fn position(index: usize) -> String {
    match index {
        0 => "the imported certificate".to_owned(),
        _ => format!("parent certificate {index}"),
    }
}

/// Returns an error if a certificate of `path` has a weak signature. The signatures are verified after this check, because
/// the library does not support every weak algorithm. `path` starts with the imported certificate and ends with the root.
pub(super) fn check_signature_algorithms(
    path: &[X509Certificate<'_>],
    now: Timestamp,
) -> Result<(), CaLintError> {
    apply(&[signature_algorithm::LINT], path, now)
}

/// Returns an error for the first rule about extensions or validity that a certificate of `path` violates.
pub(super) fn check(path: &[X509Certificate<'_>], now: Timestamp) -> Result<(), CaLintError> {
    apply(LINTS, path, now)
}

fn apply(lints: &[Lint], path: &[X509Certificate<'_>], now: Timestamp) -> Result<(), CaLintError> {
    for (index, pair) in path.windows(2).enumerate() {
        let link = Link { certificate: &pair[0], issuer: &pair[1], path, now };
        if let Some(Lint { rule, citation, .. }) = lints.iter().find(|lint| !(lint.holds)(&link)) {
            return Err(CaLintError { index, rule, citation });
        }
    }
    Ok(())
}
