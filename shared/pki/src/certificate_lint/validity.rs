use x509_parser::certificate::TbsCertificate;

use super::Lint;
use crate::{
    certificate::timestamp,
    issuance::{IssuanceProfile, MAXIMUM_VALIDITY},
};

pub(super) const LINT: Lint = Lint {
    rule: "the validity is at most 825 days including both ends, and within the CA's validity",
    citation: "SBR §6.3.2, RFC 5280 §6.1.3",
    holds,
};

fn holds(certificate: &TbsCertificate<'_>, profile: &IssuanceProfile) -> bool {
    let validity = &certificate.validity;
    let (Ok(not_before), Ok(not_after)) = (timestamp(validity.not_before), timestamp(validity.not_after))
    else {
        return false;
    };
    let authority = profile.authority();
    authority.not_before() <= not_before
        && not_before <= not_after
        && not_after <= authority.not_after()
        && not_after.since(not_before) < MAXIMUM_VALIDITY
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn an_invalid_validity_period_is_reported() {
        assert_breaks(&LINT, |sample| {
            sample.params.not_after = sample.params.not_before + Duration::days(825);
        });
        assert_breaks(&LINT, |sample| {
            sample.params.not_after = sample.params.not_before - Duration::SECOND;
        });
        assert_breaks(&LINT, |sample| {
            sample.params.not_before = sample.authority.not_before().to_utc() - Duration::SECOND;
        });
        assert_breaks(&LINT, |sample| {
            sample.params.not_after = sample.authority.not_after().to_utc() + Duration::SECOND;
            sample.params.not_before = sample.params.not_after - Duration::days(100);
        });
    }
}
