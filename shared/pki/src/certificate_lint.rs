//! Lints of subscriber certificates: looked at before they are signed (S/MIME Baseline Requirements, SBR,
//! §4.3.1.2). One rule a file, each with its source and a certificate that breaks it.
//!
//! They read the encoded bytes and know nothing of how those were made. The judges of the test suite look at much
//! more; these are the rules whose breach would do harm, and those that depend on this CA.

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

/// A rule that every subscriber certificate of this CA keeps.
struct Lint {
    /// What must be true.
    rule: &'static str,
    /// Where it is written.
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

/// A rule does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: this does not hold ({citation})")]
pub struct LintError {
    /// The rule.
    pub rule: &'static str,
    /// Its source.
    pub citation: &'static str,
}

/// Holds `certificate` against every rule.
pub(super) fn check(certificate: &TbsCertificate<'_>, profile: &IssuanceProfile) -> Result<(), LintError> {
    match LINTS.iter().find(|lint| !(lint.holds)(certificate, profile)) {
        None => Ok(()),
        Some(broken) => Err(LintError { rule: broken.rule, citation: broken.citation }),
    }
}

/// The extensions that a lint looks for; x509-parser has read them.
fn find_extensions<'a, T>(
    certificate: &'a TbsCertificate<'_>,
    wanted: impl Fn(&'a ParsedExtension<'a>) -> Option<T>,
) -> impl Iterator<Item = T> {
    certificate.extensions().iter().filter_map(move |extension| wanted(extension.parsed_extension()))
}
