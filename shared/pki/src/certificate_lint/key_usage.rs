use x509_parser::certificate::TbsCertificate;

use super::Lint;
use crate::{
    certification_request::{SubjectKeyKind, SubjectPublicKey},
    issuance::IssuanceProfile,
};

pub(super) const LINT: Lint = Lint {
    rule: "the key is of a kind that is certified, and its usage is digitalSignature with keyAgreement for an EC \
           key, with keyEncipherment for an RSA key",
    citation: "SBR §6.1.5, §7.1.2.3 e",
    holds,
};

const DIGITAL_SIGNATURE: u16 = 1 << 0;
const KEY_ENCIPHERMENT: u16 = 1 << 2;
const KEY_AGREEMENT: u16 = 1 << 4;

fn holds(certificate: &TbsCertificate<'_>, _: &IssuanceProfile) -> bool {
    let Ok(key) = SubjectPublicKey::from_spki_der(certificate.subject_pki.raw) else { return false };
    let expected = match key.kind() {
        SubjectKeyKind::P256 | SubjectKeyKind::P384 => DIGITAL_SIGNATURE | KEY_AGREEMENT,
        SubjectKeyKind::Rsa => DIGITAL_SIGNATURE | KEY_ENCIPHERMENT,
    };
    certificate.key_usage().is_ok_and(|usage| usage.is_some_and(|usage| usage.value.flags == expected))
}

#[cfg(test)]
mod tests {
    use rcgen::KeyUsagePurpose;

    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn key_usages_of_other_key_types_and_of_cas_are_reported() {
        for usages in [
            vec![],
            vec![KeyUsagePurpose::DigitalSignature],
            vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment],
            vec![
                KeyUsagePurpose::DigitalSignature,
                KeyUsagePurpose::KeyAgreement,
                KeyUsagePurpose::KeyCertSign,
            ],
        ] {
            assert_breaks(&LINT, |sample| sample.params.key_usages = usages);
        }
    }
}
