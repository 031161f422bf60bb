use x509_parser::certificate::TbsCertificate;

use super::Lint;
use crate::{certificate::serial_number, issuance::IssuanceProfile};

pub(super) const LINT: Lint = Lint {
    rule: "the serial number is positive, has at most 20 octets and at least 64 random bits",
    citation: "RFC 5280 §4.1.2.2, SBR §7.1",
    holds,
};

/// Checks only the length, because a lint cannot measure the randomness of a single number. A 127-bit random number is
/// shorter than 16 octets with a probability of 1/128. [`SerialNumber::from_random`](crate::SerialNumber::from_random)
/// avoids such numbers and always returns 16 octets.
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
