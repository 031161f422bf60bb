//! Checks that a shard contains its own URL in a critical issuing distribution point, and that the complete CRL has no
//! such extension. Without the extension, an attacker could replace one shard with another.

use crate::crl;

use super::{CrlContents, CrlExpectation, Lint};

pub(super) const LINT: Lint = Lint { citation: "RFC 5280 §5.2.5", check };

fn check(crl: &CrlContents, expected: &CrlExpectation<'_>) -> Option<&'static str> {
    match (&crl.issuing_distribution_point, expected.distribution_point) {
        (None, None) => None,
        (Some(_), None) => Some("the complete CRL has an issuing distribution point"),
        (None, Some(_)) => Some("the issuing distribution point is missing"),
        (Some((_, value)), Some(url)) if *value != crl::issuing_distribution_point(url) => {
            Some("the issuing distribution point belongs to another shard")
        }
        (Some((false, _)), Some(_)) => Some("the issuing distribution point is not critical"),
        (Some((true, _)), Some(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;

    use super::super::{CrlExpectation, lint_crl};
    use crate::{
        CrlFields, CrlReader,
        crl::{issuing_distribution_point, signed_crl},
        test_support::{KeyKind, TestCa},
    };

    #[test]
    fn a_missing_different_or_non_critical_extension_is_reported() {
        let missing = findings(|crl| crl.issuing_distribution_point = None);
        assert_eq!(missing, ["the issuing distribution point is missing"]);
        let other = issuing_distribution_point("http://pki.example.jp/crl/shard-8.crl");
        let wrong_shard = findings(|crl| crl.issuing_distribution_point = Some((true, other)));
        assert_eq!(wrong_shard, ["the issuing distribution point belongs to another shard"]);
        let ours = issuing_distribution_point(SHARD);
        let not_critical = findings(|crl| crl.issuing_distribution_point = Some((false, ours)));
        assert_eq!(not_critical, ["the issuing distribution point is not critical"]);
    }

    #[test]
    fn a_shard_in_place_of_the_complete_crl_is_reported() {
        let ca = TestCa::new(KeyKind::P256);
        let fields = CrlFields {
            number: 1,
            this_update: at(NOW),
            next_update: at(NOW + 1),
            distribution_point: Some(SHARD.to_owned()),
        };
        let crl = CrlReader::new(&signed_crl(&ca, &fields, &[])[..]).unwrap().finish().unwrap();
        let expected = CrlExpectation {
            authority: &ca.authority,
            distribution_point: None,
            previous_number: None,
            now: at(NOW),
        };
        let found = lint_crl(&crl, &expected);
        assert_eq!(found[0].finding, "the complete CRL has an issuing distribution point");
    }
}
