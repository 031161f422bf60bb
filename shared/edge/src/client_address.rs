//! Determines the network address of the client that sent a request.

use std::net::IpAddr;

use lambda_http::{Request, http::HeaderMap};

use super::{edge_secrets::EdgeSecrets, request::source_ip};

/// The header that CloudFront sets to the client's address.
const VIEWER_ADDRESS: &str = "cloudfront-viewer-address";

/// Returns the client's network address without the port. The address comes from CloudFront if CloudFront is in front
/// of the API, and from API Gateway otherwise.
///
/// A client that calls the API directly can forge CloudFront's header. CloudFront's header is therefore trusted only if
/// the request also contains the secret that CloudFront adds to forwarded requests.
pub(super) fn client_address(request: &Request, secrets: &EdgeSecrets) -> String {
    if !secrets.are_shown(request.headers()) {
        return source_ip(request);
    }
    match viewer_address(request.headers()) {
        Some(address) => address.to_string(),
        None => {
            tracing::warn!(
                "the viewer address is missing, so CloudFront's address is used as the client address"
            );
            source_ip(request)
        }
    }
}

/// Parses an address with a port, such as `198.51.100.10:46532` or `2001:db8::1:46532`. CloudFront sends IPv6 addresses
/// without brackets, so the port follows the last colon.
fn viewer_address(headers: &HeaderMap) -> Option<IpAddr> {
    let (address, port) = headers.get(VIEWER_ADDRESS)?.to_str().ok()?.rsplit_once(':')?;
    port.parse::<u16>().ok()?;
    address.parse().ok()
}

#[cfg(test)]
mod tests {
    use lambda_http::{
        Body, RequestExt,
        aws_lambda_events::apigw::{ApiGatewayProxyRequestContext, ApiGatewayRequestIdentity},
        http,
        request::RequestContext,
    };

    use super::*;

    const GATEWAY_SAW: &str = "192.0.2.7";
    const SECRET: &str = "the-value-of-the-edge-secret-of-32";

    fn address(secret: Option<&str>, headers: &[(&str, &str)]) -> String {
        let mut identity = ApiGatewayRequestIdentity::default();
        identity.source_ip = Some(GATEWAY_SAW.to_owned());
        let mut context = ApiGatewayProxyRequestContext::default();
        context.identity = identity;
        let mut request = http::Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::Empty).unwrap();
        let request = request.with_request_context(RequestContext::ApiGatewayV1(context));
        let secrets = secret.map(|secret| secret.parse().unwrap()).unwrap_or_default();
        client_address(&request, &secrets)
    }

    #[test]
    fn the_viewer_address_is_accepted_with_the_edge_secret() {
        for (said, meant) in [
            ("198.51.100.10:46532", "198.51.100.10"),
            ("2001:db8::1:46532", "2001:db8::1"),
            ("2001:db8:1:2:3:4:5:6:443", "2001:db8:1:2:3:4:5:6"),
        ] {
            let headers = [("CloudFront-Viewer-Address", said), ("X-Edge-Secret", SECRET)];
            assert_eq!(address(Some(SECRET), &headers), meant);
        }
    }

    #[test]
    fn the_viewer_address_is_ignored_without_the_edge_secret() {
        let claim = ("cloudfront-viewer-address", "198.51.100.10:46532");
        assert_eq!(address(Some(SECRET), &[claim]), GATEWAY_SAW);
        assert_eq!(address(Some(SECRET), &[claim, ("x-edge-secret", "other")]), GATEWAY_SAW);
        assert_eq!(address(Some(SECRET), &[("x-forwarded-for", "198.51.100.10")]), GATEWAY_SAW);
    }

    #[test]
    fn the_viewer_address_is_ignored_if_no_secret_is_configured() {
        let claim = ("cloudfront-viewer-address", "198.51.100.10:46532");
        assert_eq!(address(None, &[claim]), GATEWAY_SAW);
        assert_eq!(address(None, &[claim, ("x-edge-secret", "")]), GATEWAY_SAW);
    }

    #[test]
    fn a_malformed_viewer_address_is_ignored() {
        for said in
            ["", "198.51.100.10", "198.51.100.10:", "198.51.100.10:99999", "2001:db8::1", "host:80", ":80"]
        {
            let headers = [("cloudfront-viewer-address", said), ("x-edge-secret", SECRET)];
            assert_eq!(address(Some(SECRET), &headers), GATEWAY_SAW, "{said}");
        }
        assert_eq!(address(Some(SECRET), &[("x-edge-secret", SECRET)]), GATEWAY_SAW);
    }
}
