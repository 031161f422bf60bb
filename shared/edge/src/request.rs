//! Parses HTTP requests. An invalid request results in a refusal that describes the fault.

use std::str::FromStr;

use lambda_http::{
    Request, RequestExt,
    aws_lambda_events::apigw::ApiGatewayProxyRequestContext,
    http::{HeaderMap, header},
    request::RequestContext,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::request_refusal::RequestRefusal;
use domain::{
    fields::{Language, Rule},
    session::SessionToken,
};
use use_cases::refusal::Refusal;

/// The name of the session cookie. Browsers accept the `__Host-` prefix only with the attributes Secure and Path=/, and
/// without the attribute Domain (RFC 6265bis §4.1.3.2).
pub const SESSION_COOKIE: &str = "__Host-session";

/// The size limit of a request body in octets, which is several times the size of the largest valid body.
const MAX_BODY: usize = 16 * 1024;

/// Returns the language that the client prefers according to Accept-Language (RFC 9110 §12.5.4). The default is
/// Japanese.
pub fn language(request: &Request) -> Language {
    preferred_language(request.headers())
}

pub(super) fn preferred_language(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let quality = |language: Language| {
        let wanted = language.tag();
        accepted
            .unwrap_or_default()
            .split(',')
            .filter_map(|range| {
                let (tag, parameter) = range.split_once(';').unwrap_or((range, "q=1"));
                let primary = tag.trim().split('-').next()?;
                let weight = parameter.trim().strip_prefix("q=")?.parse::<f32>().ok()?;
                primary.eq_ignore_ascii_case(wanted).then_some(weight)
            })
            .fold(0.0, f32::max)
    };
    let preferred = |best, other| if quality(other) > quality(best) { other } else { best };
    Language::ALL.into_iter().reduce(preferred).unwrap_or_default()
}

/// Returns the session token from the session cookie.
///
/// # Errors
///
/// Returns [`RequestRefusal::SessionMissing`] if the session cookie is missing or malformed.
pub fn session_token(request: &Request) -> Result<SessionToken, RequestRefusal> {
    request
        .headers()
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == SESSION_COOKIE)
        .and_then(|(_, value)| value.parse().ok())
        .ok_or(RequestRefusal::SessionMissing)
}

/// Parses the path parameter `name`.
///
/// # Errors
///
/// Returns [`Refusal::NotFound`] if the parameter is malformed, because no resource has a malformed identifier.
pub fn path_parameter<T: FromStr>(request: &Request, name: &str) -> Result<T, Refusal> {
    let parameters = request.path_parameters();
    parameters.first(name).and_then(|value| value.parse().ok()).ok_or(Refusal::NotFound)
}

/// Returns the Idempotency-Key header, which must consist of 16 to 64 ASCII letters, digits, `-` or `_`.
///
/// # Errors
///
/// Returns [`RequestRefusal::IdempotencyKeyInvalid`] if the header is missing or malformed.
pub fn idempotency_key(request: &Request) -> Result<&str, RequestRefusal> {
    request
        .headers()
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .filter(|key| (16..=64).contains(&key.len()))
        .filter(|key| key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
        .ok_or(RequestRefusal::IdempotencyKeyInvalid)
}

/// Returns the network address from which API Gateway received the request.
pub(super) fn source_ip(request: &Request) -> String {
    api_gateway(request).and_then(|context| context.identity.source_ip.clone()).unwrap_or_default()
}

/// Returns the API path template that matched the request. If the event contains no template, as under `cargo lambda
/// watch`, returns the path itself.
pub fn resource_path(request: &Request) -> &str {
    let template = api_gateway(request).and_then(|context| context.resource_path.as_deref());
    template.unwrap_or_else(|| request.uri().path())
}

fn api_gateway(request: &Request) -> Option<&ApiGatewayProxyRequestContext> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV1(context)) => Some(context),
        _ => None,
    }
}

/// Parses the body as `T`. The [entrance](super::Entrance) has checked the media type.
///
/// # Errors
///
/// Returns [`RequestRefusal::BodyTooLarge`] or [`RequestRefusal::MalformedBody`]. Returns
/// [`RequestRefusal::UnfitMember`] if a member is unknown or has the wrong type.
pub fn read_json<T: DeserializeOwned>(request: &Request) -> Result<T, RequestRefusal> {
    let body: &[u8] = request.body();
    if body.len() > MAX_BODY {
        return Err(RequestRefusal::BodyTooLarge);
    }
    let read: Value = serde_json::from_slice(body).map_err(|_| RequestRefusal::MalformedBody)?;
    if let Some(segments) = path_to_array(&read) {
        return Err(unfit(segments, Rule::WrongType));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| refusal_of(&error))
}

/// Returns the path to the first array, if any. Requests to this API contain no arrays, but serde would also
/// deserialize a struct from an array.
fn path_to_array(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(_) => Some(Vec::new()),
        Value::Object(members) => members.iter().find_map(|(name, member)| {
            let mut segments = path_to_array(member)?;
            segments.insert(0, name.clone());
            Some(segments)
        }),
        _ => None,
    }
}

/// Returns true if the Content-Type header declares a JSON body.
pub(super) fn is_json(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/json")
}

fn refusal_of(error: &serde_path_to_error::Error<serde_json::Error>) -> RequestRefusal {
    let segments: Vec<_> = error.path().iter().map(ToString::to_string).collect();
    let words = error.inner().to_string();
    if words.starts_with("duplicate field") {
        RequestRefusal::MalformedBody
    } else if words.starts_with("unknown field") {
        unfit(segments, Rule::UnknownField)
    } else {
        unfit(segments, Rule::WrongType)
    }
}

/// Returns the refusal for the member at `path`, which violates `rule`. An empty path refers to the whole body.
fn unfit(path: Vec<String>, rule: Rule) -> RequestRefusal {
    if path.is_empty() { RequestRefusal::MalformedBody } else { RequestRefusal::UnfitMember { path, rule } }
}

#[cfg(test)]
mod tests {
    use lambda_http::http::HeaderValue;

    use super::*;

    #[test]
    fn the_resource_path_defaults_to_the_request_path() {
        let path = "/api/certificates/984940947/selection";
        let request = lambda_http::http::Request::builder().uri(path).body(lambda_http::Body::Empty).unwrap();
        assert_eq!(resource_path(&request), path);

        let mut context = ApiGatewayProxyRequestContext::default();
        context.resource_path = Some("/api/certificates/{couponNumber}/selection".to_owned());
        let request = request.with_request_context(RequestContext::ApiGatewayV1(context));
        assert_eq!(resource_path(&request), "/api/certificates/{couponNumber}/selection");
    }

    #[test]
    fn english_is_selected_if_the_client_prefers_it() {
        let spoken = |accepted: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accepted));
            preferred_language(&headers)
        };
        for accepted in ["en", "en-GB,en;q=0.9,ja;q=0.5", "fr, en;q=0.3", "EN-us"] {
            assert_eq!(spoken(accepted), Language::En, "{accepted}");
        }
        for accepted in ["", "ja", "ja,en;q=0.8", "en;q=0.4, ja-JP", "fr", "en;q=nonsense", "en;q=0"] {
            assert_eq!(spoken(accepted), Language::Ja, "{accepted}");
        }
        assert_eq!(preferred_language(&HeaderMap::new()), Language::Ja);
    }
}
