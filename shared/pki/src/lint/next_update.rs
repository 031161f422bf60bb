//! Checks that nextUpdate is present, is in the future and is at most 10 days after thisUpdate.

use crate::crl::MAXIMUM_VALIDITY;

use super::{CrlContents, CrlExpectation, Lint};

pub(super) const LINT: Lint =
    Lint { citation: "S/MIME Baseline Requirements §4.9.7, RFC 5280 §5.1.2.5", check };

fn check(crl: &CrlContents, expected: &CrlExpectation<'_>) -> Option<&'static str> {
    match crl.next_update {
        None => Some("nextUpdate is missing"),
        Some(next_update) if next_update <= expected.now => Some("nextUpdate has passed"),
        Some(next_update) if next_update.since(crl.this_update) > MAXIMUM_VALIDITY => {
            Some("nextUpdate is more than 10 days after thisUpdate")
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;

    use crate::DAY;

    #[test]
    fn next_update_must_be_within_the_next_10_days() {
        let next_update = |value| findings(|crl| crl.next_update = value);
        assert_eq!(next_update(None), ["nextUpdate is missing"]);
        assert_eq!(next_update(Some(at(NOW))), ["nextUpdate has passed"]);
        assert!(next_update(Some(at(NOW + 10 * DAY))).is_empty());
        let late = next_update(Some(at(NOW + 10 * DAY + 1)));
        assert_eq!(late, ["nextUpdate is more than 10 days after thisUpdate"]);
    }
}
