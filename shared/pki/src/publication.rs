//! The URLs at which the CA publishes, as its certificates and CRLs name them.

use super::crl_scope::{CrlScope, CrlShard};

/// The root below which the CA publishes, such as `http://pki.example.jp`. Plain HTTP avoids a circular dependency: to
/// use TLS, a relying party would first have to check the server's certificate (RFC 5280 §8).
///
/// Every certificate names it, so it can never be changed for certificates that were issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicationUrl(String);

/// The text is not a URL that certificates can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the publication URL is http:// and a host, in lower-case ASCII, without a query and a slash at its end"
)]
pub struct PublicationUrlError;

impl PublicationUrl {
    /// The URL of a CRL: the CRL distribution point (RFC 5280 §4.2.1.13) of the certificates on it, and the
    /// issuing distribution point (§5.2.5) of a shard.
    pub fn crl(&self, scope: CrlScope) -> String {
        format!("{}/{}", self.0, crl_key(scope))
    }

    /// The URL of the CA's certificate in DER: the caIssuers of the certificates (RFC 5280 §4.2.2.1).
    pub fn ca_certificate(&self) -> String {
        format!("{}/{CA_CERTIFICATE_KEY}", self.0)
    }

    /// The URL of the OCSP responder (RFC 5280 §4.2.2.1).
    pub fn ocsp(&self) -> String {
        format!("{}/ocsp", self.0)
    }

    /// The shard whose URL a certificate names; `None` when it names another CRL.
    pub fn shard_at(&self, url: &str) -> Option<CrlShard> {
        match crl_scope(url.strip_prefix(&self.0)?.strip_prefix('/')?)? {
            CrlScope::Shard(shard) => Some(shard),
            CrlScope::Complete => None,
        }
    }

    /// The URL as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The key of the CA's certificate in the object store, which is its path below the publication URL.
pub const CA_CERTIFICATE_KEY: &str = "ca.cer";

/// The prefix of the keys of all CRLs in the object store.
pub const CRL_FOLDER: &str = "crl/";

/// The key of a CRL in the object store, which is its path below the publication URL.
pub fn crl_key(scope: CrlScope) -> String {
    format!("{CRL_FOLDER}{scope}.crl")
}

/// The CRL with this key; `None` when it is the key of something else.
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
    fn only_plain_http_is_taken() {
        for url in
            ["", "https://a", "http://", "http:///x", "http://a/", "http://a?b", "http://A", "http://a b"]
        {
            assert_eq!(url.parse::<PublicationUrl>(), Err(PublicationUrlError), "{url}");
        }
    }
}
