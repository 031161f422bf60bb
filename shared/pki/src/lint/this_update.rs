//! Checks that thisUpdate does not lie in the future. Until that time, such a CRL would keep out its successors.

use super::{CrlContents, CrlExpectation, Lint};

pub(super) const LINT: Lint = Lint { citation: "RFC 5280 §5.1.2.4", check };

fn check(crl: &CrlContents, expected: &CrlExpectation<'_>) -> Option<&'static str> {
    (crl.this_update > expected.now).then_some("thisUpdate lies in the future")
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;

    #[test]
    fn the_future_is_found() {
        assert_eq!(findings(|crl| crl.this_update = at(NOW + 1)), ["thisUpdate lies in the future"]);
    }
}
