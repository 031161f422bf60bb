//! The checks that every request to the API must pass before the function reads anything else.

use std::{future::Future, str::FromStr};

use lambda_http::{
    Body, Request, Response,
    http::{HeaderMap, HeaderName, Uri, header, uri::PathAndQuery},
};

use super::{
    answer,
    client_address::client_address,
    edge_secrets::EdgeSecrets,
    pseudonyms::Pseudonyms,
    request::{is_json, resource_path},
    request_refusal::RequestRefusal,
};

/// The header that browsers send to describe the relationship between a request's initiator and its target (Fetch
/// Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The OCSP path, which relying parties may use from any origin. OCSP requests do not change state and contain no
/// cookies.
const OCSP: &str = "/ocsp";

/// The entrance that all functions behind the API share.
pub struct Entrance {
    /// The secrets that requests from CloudFront contain.
    pub edge_secrets: EdgeSecrets,
    /// The origins of the site. Only pages from these origins may change state.
    pub origins: Vec<Origin>,
    /// The pseudonyms in the log.
    pub pseudonyms: Pseudonyms,
}

/// An origin as browsers send it in the Origin header, such as `https://reissue.example.co.jp` (RFC 6454 §6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// The error returned if a URL does not identify an origin.
#[derive(Debug, thiserror::Error)]
#[error("is not the URL of a site without a path")]
pub struct OriginError;

impl FromStr for Origin {
    type Err = OriginError;

    /// Parses the URL of a site. The URL may end with a slash.
    fn from_str(url: &str) -> Result<Self, OriginError> {
        let uri: Uri = url.parse().map_err(|_| OriginError)?;
        match (uri.scheme_str(), uri.authority(), uri.path_and_query().map(PathAndQuery::as_str)) {
            (Some(scheme @ ("http" | "https")), Some(authority), None | Some("/")) => {
                Ok(Self(format!("{scheme}://{authority}").to_ascii_lowercase()))
            }
            _ => Err(OriginError),
        }
    }
}

impl Entrance {
    /// Passes `request` to `handle` if it is admissible. Adds the client's pseudonym to the log lines.
    pub(super) async fn answer<A: Future<Output = Response<Body>>>(
        &self,
        mut request: Request,
        handle: impl FnOnce(Request) -> A,
    ) -> Response<Body> {
        if let Some(key) = self.pseudonyms.key().await {
            key.record_client(&client_address(&request, &self.edge_secrets));
            request.extensions_mut().insert(key);
        }
        match self.admit(&request) {
            Ok(()) => handle(request).await,
            Err(refusal) => answer(&request, async { Err(refusal.into()) }).await,
        }
    }

    /// Checks that CloudFront forwarded the request. A request that can change state must also come from a page of the
    /// site and declare a JSON body, which a form on another site cannot do. The checks read neither cookies nor the
    /// body.
    fn admit(&self, request: &Request) -> Result<(), RequestRefusal> {
        if !self.edge_secrets.admit(request.headers()) {
            return Err(RequestRefusal::DirectRequest);
        }
        // Safe methods do not change state (RFC 9110 §9.2.1).
        if request.method().is_safe() || resource_path(request).starts_with(OCSP) {
            return Ok(());
        }
        if !self.is_from_site(request.headers()) {
            return Err(RequestRefusal::CrossOriginRequest);
        }
        if !is_json(request) {
            return Err(RequestRefusal::UnsupportedMediaType);
        }
        Ok(())
    }

    /// Returns true if a page of the site sent the request. Browsers that do not send Sec-Fetch-Site send Origin with
    /// every method that can change state.
    fn is_from_site(&self, headers: &HeaderMap) -> bool {
        match (headers.get(SEC_FETCH_SITE), headers.get(header::ORIGIN)) {
            (Some(site), _) => site == "same-origin",
            (None, Some(origin)) => self.origins.iter().any(|own| own.0.as_bytes() == origin.as_bytes()),
            (None, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_a_host_and_a_port() {
        for (url, origin) in [
            ("https://reissue.example.co.jp", "https://reissue.example.co.jp"),
            ("https://Reissue.example.co.jp/", "https://reissue.example.co.jp"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ] {
            assert_eq!(url.parse::<Origin>().unwrap().0, origin);
        }
        for url in ["", "reissue.example.co.jp", "/", "ftp://example.jp", "https://example.jp/x", "null"] {
            assert!(url.parse::<Origin>().is_err(), "{url}");
        }
    }
}
