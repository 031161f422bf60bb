//! Checks that the list of revoked certificates is absent instead of empty.

use super::{CrlContents, CrlExpectation, Lint};

pub(super) const LINT: Lint = Lint { citation: "RFC 5280 §5.1.2.6", check };

fn check(crl: &CrlContents, _expected: &CrlExpectation<'_>) -> Option<&'static str> {
    crl.has_empty_list.then_some("the list of revoked certificates is present but empty")
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;

    #[test]
    fn an_empty_list_is_reported() {
        let found = findings(|crl| crl.has_empty_list = true);
        assert_eq!(found, ["the list of revoked certificates is present but empty"]);
    }
}
