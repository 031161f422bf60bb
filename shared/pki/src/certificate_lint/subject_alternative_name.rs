use x509_parser::{certificate::TbsCertificate, extensions::GeneralName};

use super::Lint;
use crate::{Rfc822Name, issuance::IssuanceProfile};

pub(super) const LINT: Lint = Lint {
    rule: "the subject alternative name is one mailbox",
    citation: "RFC 5280 §4.2.1.6, SBR §7.1.2.3 h, §7.1.4.2.1",
    holds,
};

fn holds(certificate: &TbsCertificate<'_>, _: &IssuanceProfile) -> bool {
    let Ok(Some(names)) = certificate.subject_alternative_name() else { return false };
    match names.value.general_names[..] {
        [GeneralName::RFC822Name(mailbox)] => {
            mailbox.parse::<Rfc822Name>().is_ok_and(|parsed| parsed.as_str() == mailbox)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rcgen::SanType;

    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn names_other_than_one_mailbox_are_reported() {
        let mailbox = |text: &str| SanType::Rfc822Name(text.try_into().unwrap());
        for names in [
            vec![],
            vec![mailbox("not a mailbox")],
            vec![mailbox("a@example.jp"), mailbox("b@example.jp")],
            vec![SanType::DnsName("example.jp".try_into().unwrap())],
        ] {
            assert_breaks(&LINT, |sample| sample.params.subject_alt_names = names);
        }
    }
}
