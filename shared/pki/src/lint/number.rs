//! Checks that the CRL number is higher than the number of the previous CRL with the same scope.

use super::{CrlContents, CrlExpectation, Lint};

pub(super) const LINT: Lint = Lint { citation: "RFC 5280 §5.2.3", check };

fn check(crl: &CrlContents, expected: &CrlExpectation<'_>) -> Option<&'static str> {
    match crl.number {
        None => Some("the CRL number is missing"),
        number if number <= expected.previous_number => {
            Some("the CRL number is not higher than the previous number")
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;

    #[test]
    fn the_crl_number_must_increase() {
        assert_eq!(findings(|crl| crl.number = None), ["the CRL number is missing"]);
        for number in [0, 3, 4] {
            let found = findings(|crl| crl.number = Some(number));
            assert_eq!(found, ["the CRL number is not higher than the previous number"]);
        }
    }
}
