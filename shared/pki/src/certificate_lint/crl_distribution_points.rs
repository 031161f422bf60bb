use x509_parser::certificate::TbsCertificate;

use super::Lint;
use crate::{certificate::crl_urls, issuance::IssuanceProfile};

pub(super) const LINT: Lint = Lint {
    rule: "the CRL distribution point is the plain HTTP URL of one of the CA's shards",
    citation: "RFC 5280 §4.2.1.13, SBR §7.1.2.3 b",
    holds,
};

fn holds(certificate: &TbsCertificate<'_>, profile: &IssuanceProfile) -> bool {
    match &crl_urls(certificate)[..] {
        [url] => url.starts_with("http://") && profile.publication().shard_at(url).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rcgen::CrlDistributionPoint;

    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn a_missing_or_different_distribution_point_is_reported() {
        assert_breaks(&LINT, |sample| sample.params.crl_distribution_points.clear());
        for url in [
            "http://pki.example.jp/crl/complete.crl",
            "https://pki.example.jp/crl/shard-1.crl",
            "http://other.example.jp/crl/shard-1.crl",
        ] {
            let point = CrlDistributionPoint { uris: vec![url.to_owned()] };
            assert_breaks(&LINT, |sample| sample.params.crl_distribution_points = vec![point]);
        }
    }
}
