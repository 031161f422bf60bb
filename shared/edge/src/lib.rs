//! The HTTP boundary of all functions. This crate parses requests, creates responses, and maps refusals to RFC 9457
//! problem details. Only this crate and the functions handle HTTP status codes and the API's JSON format.

mod certificate_record;
mod client_address;
mod edge_secrets;
mod entrance;
mod fields;
mod invalid_member;
mod invocation;
pub mod lambda;
pub mod names;
mod ocsp;
mod pick_up_view;
mod problem;
mod pseudonyms;
mod queue;
mod request;
mod request_refusal;
mod requests;
mod stop_view;
mod views;

use std::future::Future;

use lambda_http::{
    Body, Request, Response,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use serde::Serialize;

pub use self::{
    certificate_record::{certificate_record, certificate_records},
    edge_secrets::{EdgeSecrets, EdgeSecretsError},
    entrance::{Entrance, Origin, OriginError},
    fields::FieldsView,
    invocation::{InvocationResult, Outcome, QueueResponse},
    ocsp::{ocsp_request, ocsp_response},
    pick_up_view::{IssuedView, PickUpView},
    pseudonyms::{Pseudonyms, record_certificate_code, record_email_address},
    queue::{outbox_id, outbox_message},
    request::{
        SESSION_COOKIE, idempotency_key, language, path_parameter, read_json, resource_path, session_token,
    },
    request_refusal::{RequestFailure, RequestRefusal},
    requests::{
        AddressRequest, ApplicationRequest, CredentialsRequest, IssuanceRequest, PickUpRequest, StopRequest,
        SubmissionRequest,
    },
    stop_view::StopView,
    views::{
        ApplicationPage, CertificateSummary, ReceiptView, RevocationRule, SessionEnds, SessionStarted,
        ShownSettings,
    },
};
use domain::fields::Language;
use use_cases::refusal::{Failure, Refusal};

/// Returns the response from `work`, or a problem document if `work` fails. Internal details are logged and never sent
/// to the client.
pub async fn answer(
    request: &Request,
    work: impl Future<Output = Result<Response<Body>, RequestFailure>>,
) -> Response<Body> {
    let refusal = match work.await {
        Ok(response) => return response,
        Err(RequestFailure::Refused(refusal)) => {
            tracing::info!(problem = problem::slug(&refusal), "refused");
            refusal
        }
        Err(RequestFailure::Failed(failure)) => {
            failure.log("failed");
            failure.into_refusal().into()
        }
    };
    problem::response(&refusal, language(request))
}

/// Returns the failure for a request with an unsupported HTTP method.
pub fn method_not_allowed(allowed: &'static [&'static str]) -> RequestFailure {
    RequestRefusal::MethodNotAllowed(allowed).into()
}

/// Returns the response to a request that was refused before it reached a function. The language of the response
/// depends on `headers`.
pub fn refuse(refusal: &RequestRefusal, headers: &HeaderMap) -> Response<Body> {
    problem::response(refusal, request::preferred_language(headers))
}

/// Returns the response to a request whose handler panicked.
pub fn panicked(language: Language) -> Response<Body> {
    problem::response(&Refusal::InternalError.into(), language)
}

/// Returns a response that contains `body` as JSON.
///
/// # Errors
///
/// Fails if `body` cannot be serialized as JSON, which indicates a bug in this service.
pub fn json<T: Serialize>(status: StatusCode, body: &T) -> Result<Response<Body>, RequestFailure> {
    let text = serde_json::to_string(body).map_err(Failure::internal)?;
    Ok(with_headers(status, "application/json", text))
}

/// Returns a response with status 204.
pub fn no_content() -> Response<Body> {
    let mut response = with_headers(StatusCode::NO_CONTENT, "", String::new());
    response.headers_mut().remove(header::CONTENT_TYPE);
    response
}

/// Sets the session cookie, which expires after `max_age` seconds. Browsers send the cookie only with same-site
/// requests and hide it from scripts.
///
/// # Errors
///
/// Fails if `value` is not valid in a header, which never happens for a session token.
pub fn set_session_cookie(response: &mut Response<Body>, value: &str, max_age: i64) -> Result<(), Failure> {
    let cookie =
        format!("{SESSION_COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={max_age}");
    let cookie = HeaderValue::try_from(cookie).map_err(Failure::internal)?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(())
}

/// Returns a response with headers that disable caching and content sniffing.
fn with_headers(status: StatusCode, content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::Text(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
