//! Encodes the certificate policies and authority information access extensions (RFC 5280 §4.2.1.4, §4.2.2.1), which
//! rcgen does not support.

use rcgen::CustomExtension;
use yasna::{DERWriter, Tag, models::ObjectIdentifier};

use crate::publication::PublicationUrl;

const CERTIFICATE_POLICIES: &[u64] = &[2, 5, 29, 32];
const AUTHORITY_INFORMATION_ACCESS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 1];
const ID_QT_CPS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 2, 1];
const ID_AD_OCSP: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 1];
const ID_AD_CA_ISSUERS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 2];
/// The policy identifier that SBR §7.1.6.1 reserves for sponsor-validated multipurpose certificates.
const SPONSOR_VALIDATED_MULTIPURPOSE: &[u64] = &[2, 23, 140, 1, 5, 3, 2];

/// A certificate policy, with an optional URI of the certification practice statement (CPS).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificatePolicy {
    identifier: Vec<u64>,
    cps_uri: Option<String>,
}

/// The error returned if a certificate policy is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificatePolicyError {
    /// The policy identifier is not a valid object identifier (X.660 §6).
    #[error("the policy identifier must be an object identifier in dotted decimal, such as 1.2.392.200000.1")]
    Identifier,
    /// The CPS URI is not an HTTP or HTTPS URL (SBR §7.1.2.3 a).
    #[error("the CPS URI must be an http or https URL in ASCII")]
    CpsUri,
}

impl CertificatePolicy {
    /// Creates a policy from an object identifier in dotted decimal notation and the URI of the certification practice
    /// statement.
    ///
    /// # Errors
    ///
    /// Returns [`CertificatePolicyError`] if the identifier or the URI is invalid.
    pub fn new(identifier: &str, cps_uri: Option<&str>) -> Result<Self, CertificatePolicyError> {
        let identifier: ObjectIdentifier =
            identifier.parse().map_err(|_| CertificatePolicyError::Identifier)?;
        let identifier = identifier.into_components();
        // The root has three arcs, and each of the first two arcs has at most 40 child arcs (X.660).
        if !matches!(identifier[..], [0 | 1, 0..=39, _, ..] | [2, 0..=999, _, ..]) {
            return Err(CertificatePolicyError::Identifier);
        }
        let is_url = |uri: &str| {
            let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"));
            rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|octet| octet.is_ascii_graphic()))
        };
        if cps_uri.is_some_and(|uri| !is_url(uri)) {
            return Err(CertificatePolicyError::CpsUri);
        }
        Ok(Self { identifier, cps_uri: cps_uri.map(str::to_owned) })
    }

    /// Returns the SBR policy for sponsor-validated multipurpose certificates.
    pub(crate) fn sponsor_validated_multipurpose() -> Self {
        Self { identifier: SPONSOR_VALIDATED_MULTIPURPOSE.to_vec(), cps_uri: None }
    }

    /// Returns the components of the policy identifier.
    pub fn identifier(&self) -> &[u64] {
        &self.identifier
    }

    fn write(&self, writer: DERWriter<'_>) {
        writer.write_sequence(|writer| {
            writer.next().write_oid(&ObjectIdentifier::from_slice(&self.identifier));
            let Some(uri) = &self.cps_uri else { return };
            writer.next().write_sequence_of(|writer| {
                writer.next().write_sequence(|writer| {
                    writer.next().write_oid(&ObjectIdentifier::from_slice(ID_QT_CPS));
                    writer.next().write_ia5_string(uri);
                });
            });
        });
    }
}

pub(super) fn certificate_policies(policies: &[CertificatePolicy]) -> CustomExtension {
    let content = yasna::construct_der(|writer| {
        writer.write_sequence_of(|writer| {
            for policy in policies {
                policy.write(writer.next());
            }
        });
    });
    CustomExtension::from_oid_content(CERTIFICATE_POLICIES, content)
}

pub(super) fn authority_information_access(publication: &PublicationUrl) -> CustomExtension {
    const URI: u64 = 6;
    let content = yasna::construct_der(|writer| {
        writer.write_sequence_of(|writer| {
            for (method, url) in
                [(ID_AD_OCSP, publication.ocsp()), (ID_AD_CA_ISSUERS, publication.ca_certificate())]
            {
                writer.next().write_sequence(|writer| {
                    writer.next().write_oid(&ObjectIdentifier::from_slice(method));
                    writer.next().write_tagged_implicit(Tag::context(URI), |writer| {
                        writer.write_ia5_string(&url);
                    });
                });
            }
        });
    });
    CustomExtension::from_oid_content(AUTHORITY_INFORMATION_ACCESS, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_identifiers_and_uris_are_refused() {
        assert!(CertificatePolicy::new("1.2.392.200000.1", Some("https://example.jp/cps")).is_ok());
        assert!(CertificatePolicy::new("2.999.1", None).is_ok());
        for identifier in ["", "1", "1.2", "1.40.1", "3.1.1", "1..2", "a"] {
            assert_eq!(
                CertificatePolicy::new(identifier, None),
                Err(CertificatePolicyError::Identifier),
                "{identifier}"
            );
        }
        for uri in ["", "http://", "ftp://example.jp", "https://example.jp/規程"] {
            assert_eq!(
                CertificatePolicy::new("2.999.1", Some(uri)),
                Err(CertificatePolicyError::CpsUri),
                "{uri}"
            );
        }
    }
}
