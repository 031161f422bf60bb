//! What must be true of a CRL of this service before it is published, one rule a file. Other linters judge a CRL by
//! itself; these know which CRL it was to be.

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

/// Which CRL it is to be.
#[derive(Clone, Copy, Debug)]
pub struct CrlExpectation<'a> {
    /// Whose.
    pub authority: &'a CertificationAuthority,
    /// The URL of the shard; `None` for the complete CRL.
    pub distribution_point: Option<&'a str>,
    /// The number of the CRL of this scope that it replaces.
    pub previous_number: Option<u64>,
    /// The current time.
    pub now: Timestamp,
}

/// A rule that a CRL breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{finding} ({citation})")]
pub struct LintFinding {
    /// What is wrong.
    pub finding: &'static str,
    /// The clause that says so.
    pub citation: &'static str,
}

/// A rule: where it stands, and what it finds wrong.
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

/// Every rule that `crl` breaks.
pub fn lint_crl(crl: &CrlContents, expected: &CrlExpectation<'_>) -> Vec<LintFinding> {
    let broken = |lint: &Lint| {
        (lint.check)(crl, expected).map(|finding| LintFinding { finding, citation: lint.citation })
    };
    LINTS.iter().filter_map(broken).collect()
}

#[cfg(test)]
mod test_support;
