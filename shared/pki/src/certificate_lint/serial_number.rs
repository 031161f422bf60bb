use x509_parser::certificate::TbsCertificate;

use super::Lint;
use crate::{certificate::serial_number, issuance::IssuanceProfile};

pub(super) const LINT: Lint = Lint {
    rule: "the serial number is positive, has at most 20 octets and at least 64 random bits",
    citation: "RFC 5280 §4.1.2.2, SBR §7.1",
    holds,
};

/// Checks the length, because the randomness of a single number cannot be checked. Of all 16-octet numbers with 127
/// random bits, one in 2^7 has 15 octets or fewer when encoded.
/// [`SerialNumber::from_random`](crate::SerialNumber::from_random) never generates such a number.
fn holds(certificate: &TbsCertificate<'_>, _: &IssuanceProfile) -> bool {
    const OCTETS: usize = 16;
    serial_number(certificate.raw_serial()).is_ok_and(|number| number.as_be_bytes().len() >= OCTETS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn serial_numbers_of_invalid_length_are_reported() {
        for octets in [&[0][..], &[1], &[0x7f; 15], &[0x7f; 21]] {
            assert_breaks(&LINT, |sample| {
                sample.params.serial_number = Some(rcgen::SerialNumber::from_slice(octets));
            });
        }
    }
}
