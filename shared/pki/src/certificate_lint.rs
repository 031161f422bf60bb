//! The lints for subscriber certificates, which run before a certificate is signed (S/MIME Baseline Requirements, SBR,
//! §4.3.1.2). Each file contains one rule, its source and a test with a certificate that breaks the rule.
//!
//! The lints parse the encoded bytes independently of the encoder. They cover the rules whose violation would cause
//! harm, and the rules that are specific to this CA. The external linters in the test suite check many more rules.

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
    /// The condition that must be satisfied.
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
#[error("{rule}: this does not hold ({citation})")]
pub struct LintError {
    /// The rule.
    pub rule: &'static str,
    /// The source of the rule.
    pub citation: &'static str,
}

/// Checks that `certificate` satisfies every rule.
pub(super) fn check(certificate: &TbsCertificate<'_>, profile: &IssuanceProfile) -> Result<(), LintError> {
    match LINTS.iter().find(|lint| !(lint.holds)(certificate, profile)) {
        None => Ok(()),
        Some(broken) => Err(LintError { rule: broken.rule, citation: broken.citation }),
    }
}

/// Returns the extensions that `wanted` selects, as parsed by x509-parser.
fn find_extensions<'a, T>(
    certificate: &'a TbsCertificate<'_>,
    wanted: impl Fn(&'a ParsedExtension<'a>) -> Option<T>,
) -> impl Iterator<Item = T> {
    certificate.extensions().iter().filter_map(move |extension| wanted(extension.parsed_extension()))
}
