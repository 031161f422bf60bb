//! Checks that thisUpdate is not in the future. Relying parties could otherwise prefer this CRL to CRLs that are
//! published later.

use super::{CrlContents, CrlExpectation, Lint};

pub(super) const LINT: Lint = Lint { citation: "RFC 5280 §5.1.2.4", check };

fn check(crl: &CrlContents, expected: &CrlExpectation<'_>) -> Option<&'static str> {
    (crl.this_update > expected.now).then_some("thisUpdate is in the future")
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;

    #[test]
    fn a_this_update_in_the_future_is_reported() {
        assert_eq!(findings(|crl| crl.this_update = at(NOW + 1)), ["thisUpdate is in the future"]);
    }
}
