//! Checks that no entry has the reason code `unspecified`, the reversible reason code `certificateHold`, the reason
//! code `removeFromCRL`, which only a delta CRL can contain, or an undefined reason code.

use super::{CrlContents, CrlExpectation, Lint};

pub(super) const LINT: Lint =
    Lint { citation: "S/MIME Baseline Requirements §7.2.2, RFC 5280 §5.3.1", check };

const UNSPECIFIED: u16 = 1 << 0;
const CERTIFICATE_HOLD: u16 = 1 << 6;
const REMOVE_FROM_CRL: u16 = 1 << 8;
/// A bit set of the defined reason codes: 0 to 6 and 8 to 10.
const DEFINED: u16 = 0b111_0111_1111;

fn check(crl: &CrlContents, _expected: &CrlExpectation<'_>) -> Option<&'static str> {
    if crl.reason_codes & UNSPECIFIED != 0 {
        Some("an entry has the reason unspecified")
    } else if crl.reason_codes & CERTIFICATE_HOLD != 0 {
        Some("an entry has the reason certificateHold")
    } else if crl.reason_codes & REMOVE_FROM_CRL != 0 {
        Some("an entry has the reason removeFromCRL")
    } else if crl.reason_codes & !DEFINED != 0 {
        Some("an entry has an undefined reason")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;

    #[test]
    fn reasons_that_a_complete_crl_must_not_contain_are_reported() {
        let codes = |codes| findings(|crl| crl.reason_codes = codes);
        assert!(codes(1 << 1 | 1 << 4 | 1 << 9).is_empty());
        assert_eq!(codes(1 << 4 | 1), ["an entry has the reason unspecified"]);
        assert_eq!(codes(1 << 6), ["an entry has the reason certificateHold"]);
        assert_eq!(codes(1 << 8), ["an entry has the reason removeFromCRL"]);
        for code in [7, 11, 15] {
            assert_eq!(codes(1 << code), ["an entry has an undefined reason"]);
        }
    }
}
