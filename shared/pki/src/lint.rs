//! Lints each CRL before publication. Each file contains one rule. Unlike general-purpose linters, these rules also
//! compare the CRL with the expected properties.

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

/// The properties that the lints expect a CRL to have.
#[derive(Clone, Copy, Debug)]
pub struct CrlExpectation<'a> {
    /// The CA that issues the CRL.
    pub authority: &'a CertificationAuthority,
    /// The URL of the shard, or `None` for the complete CRL.
    pub distribution_point: Option<&'a str>,
    /// The CRL number of the previous CRL with the same scope, or `None` for the first CRL.
    pub previous_number: Option<u64>,
    /// The current time, for checks of thisUpdate and nextUpdate.
    pub now: Timestamp,
}

/// A rule that a CRL violates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{finding} ({citation})")]
pub struct LintFinding {
    /// A description of the violation in English.
    pub finding: &'static str,
    /// The clause of the RFC or of the S/MIME Baseline Requirements that the CRL violates.
    pub citation: &'static str,
}

/// A lint for CRLs. The check returns a description of the violation, or `None` if the CRL satisfies the rule.
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

/// Returns a finding for each rule that `crl` violates.
pub fn lint_crl(crl: &CrlContents, expected: &CrlExpectation<'_>) -> Vec<LintFinding> {
    let broken = |lint: &Lint| {
        (lint.check)(crl, expected).map(|finding| LintFinding { finding, citation: lint.citation })
    };
    LINTS.iter().filter_map(broken).collect()
}

#[cfg(test)]
mod test_support;
