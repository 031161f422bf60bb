//! Provides a valid CRL that tests modify to violate a single rule.

use super::{CrlExpectation, lint_crl};
use crate::{
    CrlContents, CrlFields, CrlReader, DAY, Timestamp,
    crl::signed_crl,
    test_support::{KeyKind, TestCa},
};

/// 2026-11-22T20:08:22Z
pub(super) const NOW: i64 = 1_795_378_102;
pub(super) const SHARD: &str = "http://pki.example.jp/crl/shard-7.crl";

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::try_from(seconds).unwrap()
}

/// Creates a valid CRL, modifies the CRL with `spoil` and returns the findings of the lints.
pub(super) fn findings(spoil: impl FnOnce(&mut CrlContents)) -> Vec<&'static str> {
    let ca = TestCa::new(KeyKind::P256);
    let fields = CrlFields {
        number: 5,
        this_update: at(NOW),
        next_update: at(NOW + 7 * DAY),
        distribution_point: Some(SHARD.to_owned()),
    };
    let mut crl = CrlReader::new(&signed_crl(&ca, &fields, &[])[..]).unwrap().finish().unwrap();
    let expected = CrlExpectation {
        authority: &ca.authority,
        distribution_point: Some(SHARD),
        previous_number: Some(4),
        now: at(NOW),
    };
    assert_eq!(lint_crl(&crl, &expected), []);
    spoil(&mut crl);
    lint_crl(&crl, &expected).into_iter().map(|finding| finding.finding).collect()
}
