//! Defines the URLs at which the CA publishes its certificate and CRLs.

use super::crl_scope::{CrlScope, CrlShard};

/// The base URL of all publication URLs, such as `http://pki.example.jp`. TLS is not used, because checking the
/// revocation status of the server's certificate could cause a circular dependency (RFC 5280 §8).
///
/// Issued certificates contain URLs below the base URL, so changing the base URL affects only new certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicationUrl(String);

/// The error returned if a string is not a valid publication URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the publication URL must be http:// and a host in lower-case ASCII, without a query or a trailing slash"
)]
pub struct PublicationUrlError;

impl PublicationUrl {
    /// Returns the URL of a CRL. Certificates contain the URL of a shard in the CRL distribution point (RFC 5280
    /// §4.2.1.13). The shard itself contains the URL in the issuing distribution point (RFC 5280 §5.2.5).
    pub fn crl(&self, scope: CrlScope) -> String {
        format!("{}/{}", self.0, crl_key(scope))
    }

    /// Returns the URL of the DER-encoded CA certificate, which certificates contain as caIssuers (RFC 5280 §4.2.2.1).
    pub fn ca_certificate(&self) -> String {
        format!("{}/{CA_CERTIFICATE_KEY}", self.0)
    }

    /// Returns the URL of the OCSP responder, which certificates contain as id-ad-ocsp (RFC 5280 §4.2.2.1).
    pub fn ocsp(&self) -> String {
        format!("{}/ocsp", self.0)
    }

    /// Returns the shard that is published at `url`, or `None` if `url` is not the URL of a shard.
    pub fn shard_at(&self, url: &str) -> Option<CrlShard> {
        match crl_scope(url.strip_prefix(&self.0)?.strip_prefix('/')?)? {
            CrlScope::Shard(shard) => Some(shard),
            CrlScope::Complete => None,
        }
    }

    /// Returns the base URL exactly as it was configured.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The object key of the CA certificate in the object store, which is also its path below the base URL.
pub const CA_CERTIFICATE_KEY: &str = "ca.cer";

/// The prefix of all CRL object keys in the object store.
pub const CRL_FOLDER: &str = "crl/";

/// Returns the object key of a CRL in the object store, which is also its path below the base URL.
pub fn crl_key(scope: CrlScope) -> String {
    format!("{CRL_FOLDER}{scope}.crl")
}

/// Returns the CRL with the object key `key`, or `None` if `key` is not the object key of a CRL.
pub fn crl_scope(key: &str) -> Option<CrlScope> {
    key.strip_prefix(CRL_FOLDER)?.strip_suffix(".crl")?.parse().ok()
}

impl std::str::FromStr for PublicationUrl {
    type Err = PublicationUrlError;

    fn from_str(url: &str) -> Result<Self, PublicationUrlError> {
        let rest = url.strip_prefix("http://").ok_or(PublicationUrlError)?;
        let fits =
            |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || b"-._~:/[]".contains(&octet);
        let has_host =
            rest.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric() || first == b'[');
        if has_host && rest.bytes().all(fits) && !rest.ends_with('/') {
            Ok(Self(url.to_owned()))
        } else {
            Err(PublicationUrlError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_found_by_its_url() {
        let publication: PublicationUrl = "http://localhost:8080".parse().unwrap();
        let scope: CrlScope = "shard-12".parse().unwrap();
        assert_eq!(publication.crl(scope), "http://localhost:8080/crl/shard-12.crl");
        assert_eq!(publication.shard_at(&publication.crl(scope)).map(CrlScope::Shard), Some(scope));
        for url in ["http://localhost:8080/crl/complete.crl", "http://other/crl/shard-12.crl", ""] {
            assert_eq!(publication.shard_at(url), None, "{url}");
        }
    }

    #[test]
    fn only_plain_http_is_accepted() {
        for url in
            ["", "https://a", "http://", "http:///x", "http://a/", "http://a?b", "http://A", "http://a b"]
        {
            assert_eq!(url.parse::<PublicationUrl>(), Err(PublicationUrlError), "{url}");
        }
    }
}
