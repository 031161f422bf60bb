//! Checks that the authority key identifier of the CRL identifies the key of the CA.

use super::{CrlContents, CrlExpectation, Lint};

pub(super) const LINT: Lint = Lint { citation: "RFC 5280 §5.2.1", check };

fn check(crl: &CrlContents, expected: &CrlExpectation<'_>) -> Option<&'static str> {
    match &crl.authority_key_identifier {
        None => Some("the authority key identifier is missing"),
        Some(identifier) if identifier != expected.authority.subject_key_identifier() => {
            Some("the authority key identifier belongs to another key")
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;

    #[test]
    fn a_missing_or_different_identifier_is_reported() {
        let missing = findings(|crl| crl.authority_key_identifier = None);
        assert_eq!(missing, ["the authority key identifier is missing"]);
        let other = findings(|crl| crl.authority_key_identifier = Some(vec![1; 20]));
        assert_eq!(other, ["the authority key identifier belongs to another key"]);
    }
}
