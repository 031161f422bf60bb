//! Lints subscriber certificates before they are signed (S/MIME Baseline Requirements, SBR, §4.3.1.2). Each submodule
//! contains one rule, its citation and a test with a certificate that violates the rule.
//!
//! The lints parse the encoded certificate with a parser that is independent of the encoder. The lints cover the most
//! important rules and the rules that are specific to this CA. The test suite also runs external linters, which check
//! many more rules.

mod authority_information_access;
mod authority_key_identifier;
mod basic_constraints;
mod certificate_policies;
mod crl_distribution_points;
mod extended_key_usage;
mod extensions;
mod issuer;
mod key_usage;
mod serial_number;
mod signature_algorithm;
mod subject;
mod subject_alternative_name;
mod subject_key_identifier;
mod validity;

#[cfg(test)]
mod sample;

use x509_parser::{certificate::TbsCertificate, extensions::ParsedExtension};

use super::issuance::IssuanceProfile;

/// A rule that every subscriber certificate of this CA must satisfy.
struct Lint {
    /// The condition that the certificate must satisfy.
    rule: &'static str,
    /// The clause that requires the condition.
    citation: &'static str,
    holds: fn(&TbsCertificate<'_>, &IssuanceProfile) -> bool,
}

const LINTS: &[Lint] = &[
    serial_number::LINT,
    signature_algorithm::LINT,
    issuer::LINT,
    validity::LINT,
    subject::LINT,
    extensions::LINT,
    authority_key_identifier::LINT,
    subject_key_identifier::LINT,
    key_usage::LINT,
    extended_key_usage::LINT,
    basic_constraints::LINT,
    subject_alternative_name::LINT,
    certificate_policies::LINT,
    crl_distribution_points::LINT,
    authority_information_access::LINT,
];

/// A rule that a certificate violates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificate violates the rule that {rule} ({citation})")]
pub struct LintError {
    /// The condition that the certificate does not satisfy.
    pub rule: &'static str,
    /// The clause of the RFC or of the S/MIME Baseline Requirements that contains the rule.
    pub citation: &'static str,
}

/// Returns an error for the first rule that `certificate` violates.
pub(super) fn check(certificate: &TbsCertificate<'_>, profile: &IssuanceProfile) -> Result<(), LintError> {
    match LINTS.iter().find(|lint| !(lint.holds)(certificate, profile)) {
        None => Ok(()),
        Some(broken) => Err(LintError { rule: broken.rule, citation: broken.citation }),
    }
}

/// Applies `wanted` to each parsed extension and returns the results that are not `None`.
fn find_extensions<'a, T>(
    certificate: &'a TbsCertificate<'_>,
    wanted: impl Fn(&'a ParsedExtension<'a>) -> Option<T>,
) -> impl Iterator<Item = T> {
    certificate.extensions().iter().filter_map(move |extension| wanted(extension.parsed_extension()))
}
