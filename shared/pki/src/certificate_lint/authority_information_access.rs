use x509_parser::{
    certificate::TbsCertificate,
    extensions::{GeneralName, ParsedExtension},
};

use super::{Lint, find_extensions};
use crate::issuance::IssuanceProfile;

pub(super) const LINT: Lint = Lint {
    rule: "the authority information access contains plain HTTP URLs of the CA's OCSP responder and certificate",
    citation: "RFC 5280 §4.2.2.1, SBR §7.1.2.3 c",
    holds,
};

const OCSP: &str = "1.3.6.1.5.5.7.48.1";
const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";

fn holds(certificate: &TbsCertificate<'_>, profile: &IssuanceProfile) -> bool {
    let descriptions = find_extensions(certificate, |extension| match extension {
        ParsedExtension::AuthorityInfoAccess(access) => Some(&access.accessdescs),
        _ => None,
    });
    let named: Vec<_> = descriptions
        .flatten()
        .map(|description| match description.access_location {
            GeneralName::URI(url) => (description.access_method.to_id_string(), url.to_owned()),
            _ => Default::default(),
        })
        .collect();
    let publication = profile.publication();
    let expected = [(OCSP, publication.ocsp()), (CA_ISSUERS, publication.ca_certificate())];
    named == expected.map(|(method, url)| (method.to_owned(), url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate_lint::sample::assert_breaks;

    #[test]
    fn a_missing_extension_is_reported() {
        assert_breaks(&LINT, |sample| {
            sample.params.custom_extensions.remove(1);
        });
    }
}
