//! The rules that a CRL of this service must satisfy before publication, one per file. Other linters check only the
//! CRL, but these rules also compare the CRL with the expected properties.

mod authority_key_identifier;
mod delta;
mod empty_list;
mod issuing_distribution_point;
mod next_update;
mod number;
mod reason_code;
mod this_update;

use super::{CertificationAuthority, CrlContents};
use crate::Timestamp;

/// The expected properties of a CRL.
#[derive(Clone, Copy, Debug)]
pub struct CrlExpectation<'a> {
    /// The CA that issues the CRL.
    pub authority: &'a CertificationAuthority,
    /// The URL of the shard; `None` for the complete CRL.
    pub distribution_point: Option<&'a str>,
    /// The number of the previous CRL in the same scope, which the CRL replaces.
    pub previous_number: Option<u64>,
    /// The current time.
    pub now: Timestamp,
}

/// A rule that a CRL violates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{finding} ({citation})")]
pub struct LintFinding {
    /// The description of the violation.
    pub finding: &'static str,
    /// The clause that the CRL violates.
    pub citation: &'static str,
}

/// A rule, with its citation and its check.
struct Lint {
    citation: &'static str,
    check: fn(&CrlContents, &CrlExpectation<'_>) -> Option<&'static str>,
}

const LINTS: [Lint; 8] = [
    authority_key_identifier::LINT,
    delta::LINT,
    empty_list::LINT,
    issuing_distribution_point::LINT,
    next_update::LINT,
    number::LINT,
    reason_code::LINT,
    this_update::LINT,
];

/// Returns all rules that `crl` violates.
pub fn lint_crl(crl: &CrlContents, expected: &CrlExpectation<'_>) -> Vec<LintFinding> {
    let broken = |lint: &Lint| {
        (lint.check)(crl, expected).map(|finding| LintFinding { finding, citation: lint.citation })
    };
    LINTS.iter().filter_map(broken).collect()
}

#[cfg(test)]
mod test_support;
