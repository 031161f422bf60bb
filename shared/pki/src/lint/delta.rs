//! Checks that the CRL is not a delta CRL.

use super::{CrlContents, CrlExpectation, Lint};

pub(super) const LINT: Lint = Lint { citation: "RFC 5280 §5.2.4", check };

fn check(crl: &CrlContents, _expected: &CrlExpectation<'_>) -> Option<&'static str> {
    crl.is_delta.then_some("the CRL is a delta CRL")
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;

    #[test]
    fn a_delta_crl_is_reported() {
        assert_eq!(findings(|crl| crl.is_delta = true), ["the CRL is a delta CRL"]);
    }
}
