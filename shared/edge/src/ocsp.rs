//! Decodes OCSP requests and creates cacheable OCSP responses over HTTP (RFC 6960 appendix A, RFC 9919 §6 and §7).

use lambda_http::{
    Body, Request, RequestExt, Response,
    http::{HeaderValue, Method, header},
};
use percent_encoding::percent_decode_str;
use ring::digest::{SHA256, digest};
use time::macros::format_description;

use crate::invocation::Outcome;
use domain::{MINUTE, Timestamp};
use pki::ocsp::{MalformedRequest, Unsuccessful};
use use_cases::{
    answer_ocsp::{StatusResponse, Unanswered},
    refusal::Refusal,
};

/// The media type of an OCSP response (RFC 6960 appendix A.2).
const MEDIA_TYPE: &str = "application/ocsp-response";
/// The maximum time in seconds for which a response may be cached. This value also limits the delay before clients
/// receive a new certificate status. This limit is shorter than the time for which a signature is reused, because the
/// responder reads the status for each request, but a cache does not.
const MAXIMUM_AGE: i64 = 5 * MINUTE;

/// Extracts the OCSPRequest from an HTTP request. A POST request contains the OCSPRequest in its body. A GET request
/// contains the OCSPRequest as percent-encoded base64 in the path parameter `request`.
///
/// # Errors
///
/// Returns [`MalformedRequest::Encoding`] if the path parameter is not valid base64.
pub fn ocsp_request(request: &Request) -> Result<Vec<u8>, MalformedRequest> {
    if *request.method() != Method::GET {
        return Ok(request.body().to_vec());
    }
    let parameters = request.path_parameters();
    // A client that appends `/` and the request to a URL that ends with `/` sends two slashes. The base64 encoding of an
    // OCSPRequest begins with `M`, so a leading slash is never part of it.
    let encoded = parameters.first("request").unwrap_or_default().trim_start_matches('/');
    let base64: Vec<u8> = percent_decode_str(encoded).collect();
    data_encoding::BASE64.decode(&base64).map_err(|_| MalformedRequest::Encoding)
}

/// Returns the HTTP response to an OCSP request. Internal failures are logged, and the response indicates only whether
/// the client may retry.
pub fn ocsp_response(request: &Request, answer: Result<StatusResponse, Unanswered>) -> Response<Body> {
    let (unsuccessful, outcome) = match answer {
        Ok(response) => return successful(request, response),
        Err(Unanswered::Malformed(malformed)) => {
            tracing::info!(%malformed, "refused");
            (Unsuccessful::MalformedRequest, Outcome::Refused)
        }
        Err(Unanswered::NotIssued) => {
            tracing::info!("refused");
            (Unsuccessful::Unauthorized, Outcome::Refused)
        }
        Err(Unanswered::Failed(failure)) => {
            failure.log("failed");
            match failure.into_refusal() {
                Refusal::TemporarilyUnavailable => (Unsuccessful::TryLater, Outcome::Failed),
                _ => (Unsuccessful::InternalError, Outcome::Failed),
            }
        }
    };
    let mut response = with_headers(unsuccessful.der(), "no-store");
    response.extensions_mut().insert(outcome);
    response
}

/// Returns a signed response with the headers of RFC 9919 §6. Only the client's own cache may store a response to a
/// POST request, because a shared cache cannot distinguish POST requests by their bodies. A response with a nonce can
/// answer only one request. RFC 9919 forbids `no-store` for signed responses.
fn successful(request: &Request, answer: StatusResponse) -> Response<Body> {
    let StatusResponse { response, reusable_for } = answer;
    let Some(reusable_for) = reusable_for else {
        return with_headers(response.der, "private, max-age=0");
    };
    let audience = if *request.method() == Method::GET { "public" } else { "private" };
    let max_age = reusable_for.min(MAXIMUM_AGE);
    let cache_control = format!("max-age={max_age}, {audience}, no-transform, must-revalidate");
    let tag = data_encoding::HEXLOWER.encode(digest(&SHA256, &response.der).as_ref());
    let validators = [
        (header::LAST_MODIFIED, http_date(response.this_update)),
        (header::EXPIRES, http_date(response.next_update)),
        (header::ETAG, format!("\"{tag}\"")),
    ];
    let mut answer = with_headers(response.der, &cache_control);
    for (name, value) in validators {
        answer.headers_mut().extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
    }
    answer
}

/// Returns an HTTP response with status 200, which OCSP also uses for refusals.
fn with_headers(der: Vec<u8>, cache_control: &str) -> Response<Body> {
    let mut response = Response::new(Body::Binary(der));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.extend(HeaderValue::try_from(cache_control).ok().map(|value| (header::CACHE_CONTROL, value)));
    response
}

/// Formats `time` as an IMF-fixdate (RFC 9110 §5.6.7).
fn http_date(time: Timestamp) -> String {
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    time.to_utc().format(&format).unwrap_or_default()
}
