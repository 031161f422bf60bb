//! Converts refusals to RFC 9457 problem details in the client's language.

use lambda_http::{
    Body, Response,
    http::{HeaderValue, StatusCode, header},
};
use serde_json::{Map, Value, json};

use super::{invalid_member, names, request::SESSION_COOKIE, request_refusal::RequestRefusal, with_headers};
use domain::{
    Timestamp,
    application::NoResend,
    fields::Language,
    session::Step,
    sign_ins::{MAX_SIGN_INS, TooManySignIns},
};
use messages::Problem;
use use_cases::refusal::Refusal;

/// The number of seconds after which a client may retry a request that failed because of a dependency.
const RETRY_AFTER_FAILURE: i64 = 5;

/// Returns the response to a refused request.
pub(super) fn response(refusal: &RequestRefusal, language: Language) -> Response<Body> {
    let (status, slug, problem) = describe(refusal);
    let text = messages::in_language(language).problem(problem);
    let mut body = Map::from_iter([
        ("type".to_owned(), json!(format!("/problems/{slug}"))),
        ("title".to_owned(), json!(text.title)),
        ("status".to_owned(), json!(status.as_u16())),
        ("detail".to_owned(), json!(text.remedy)),
    ]);
    add_members(&mut body, refusal, language);
    let mut response = with_headers(status, "application/problem+json", Value::Object(body).to_string());
    add_headers(&mut response, refusal, language);
    response
}

/// Returns the stable name of a refusal, which is part of the problem type URI.
pub(super) fn slug(refusal: &RequestRefusal) -> &'static str {
    let (_, slug, _) = describe(refusal);
    slug
}

/// The HTTP status, the stable name and the text of a refusal.
type Description = (StatusCode, &'static str, Problem);

const INVALID_FIELDS: Description =
    (StatusCode::UNPROCESSABLE_ENTITY, "invalid-fields", Problem::InvalidFields);

fn describe(refusal: &RequestRefusal) -> Description {
    match refusal {
        RequestRefusal::MalformedBody => (StatusCode::BAD_REQUEST, "malformed-body", Problem::MalformedBody),
        RequestRefusal::UnsupportedMediaType => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", Problem::UnsupportedMediaType)
        }
        RequestRefusal::BodyTooLarge => {
            (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", Problem::BodyTooLarge)
        }
        RequestRefusal::UnfitMember { .. } => INVALID_FIELDS,
        RequestRefusal::SessionMissing => {
            (StatusCode::UNAUTHORIZED, "session-missing", Problem::SessionMissing)
        }
        RequestRefusal::IdempotencyKeyInvalid => {
            (StatusCode::BAD_REQUEST, "idempotency-key-invalid", Problem::IdempotencyKeyInvalid)
        }
        RequestRefusal::CrossOriginRequest => {
            (StatusCode::FORBIDDEN, "cross-origin-request", Problem::CrossOriginRequest)
        }
        RequestRefusal::DirectRequest => (StatusCode::FORBIDDEN, "direct-request", Problem::DirectRequest),
        RequestRefusal::MethodNotAllowed(_) => {
            (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", Problem::MethodNotAllowed)
        }
        RequestRefusal::UseCase(refusal) => describe_use_case(refusal),
    }
}

/// Returns the HTTP status, the stable name and the text of a use case's refusal.
fn describe_use_case(refusal: &Refusal) -> Description {
    match refusal {
        Refusal::InvalidFields(_) => INVALID_FIELDS,
        Refusal::IdentityCheckFailed => {
            (StatusCode::UNAUTHORIZED, "identity-check-failed", Problem::IdentityCheckFailed)
        }
        Refusal::ConfirmationByEmail => {
            (StatusCode::FORBIDDEN, "confirmation-by-email", Problem::ConfirmationByEmail)
        }
        Refusal::CodeBlocked => (StatusCode::TOO_MANY_REQUESTS, "code-blocked", Problem::CodeBlocked),
        Refusal::SessionEnded(end) => {
            (StatusCode::UNAUTHORIZED, "session-ended", Problem::SessionEnded(*end))
        }
        Refusal::SessionLimitReached(request) => {
            (StatusCode::TOO_MANY_REQUESTS, "session-limit-reached", Problem::SessionLimitReached(*request))
        }
        Refusal::TooManySignIns(_) => {
            (StatusCode::TOO_MANY_REQUESTS, "too-many-sign-ins", Problem::TooManySignIns)
        }
        Refusal::StepOutOfOrder(_) => (StatusCode::CONFLICT, "step-out-of-order", Problem::StepOutOfOrder),
        Refusal::AlreadySubmitted(_) => {
            (StatusCode::CONFLICT, "already-submitted", Problem::AlreadySubmitted)
        }
        Refusal::NotFound => (StatusCode::NOT_FOUND, "not-found", Problem::NotFound),
        Refusal::CertificateNotReissuable { .. } => {
            (StatusCode::CONFLICT, "certificate-not-reissuable", Problem::CertificateNotReissuable)
        }
        Refusal::ApplicationChanged => {
            (StatusCode::CONFLICT, "application-changed", Problem::ApplicationChanged)
        }
        Refusal::IdempotencyKeyReused => {
            (StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused", Problem::IdempotencyKeyReused)
        }
        Refusal::PickUpCheckFailed => {
            (StatusCode::UNAUTHORIZED, "pick-up-check-failed", Problem::PickUpCheckFailed)
        }
        Refusal::CodeExpired(_) => (StatusCode::GONE, "code-expired", Problem::CodeExpired),
        Refusal::AlreadyPickedUp(_) => (StatusCode::CONFLICT, "already-picked-up", Problem::AlreadyPickedUp),
        Refusal::ApplicationExpired(_) => {
            (StatusCode::GONE, "application-expired", Problem::ApplicationExpired)
        }
        Refusal::ApplicationStopped(_) => {
            (StatusCode::GONE, "application-stopped", Problem::ApplicationStopped)
        }
        Refusal::ApplicationRejected(_) => {
            (StatusCode::GONE, "application-rejected", Problem::ApplicationRejected)
        }
        Refusal::StopCodeUnknown => (StatusCode::NOT_FOUND, "stop-code-unknown", Problem::StopCodeUnknown),
        Refusal::ResendNotPossible(reason) => {
            (StatusCode::CONFLICT, "resend-not-possible", Problem::ResendNotPossible(*reason))
        }
        Refusal::CorrectionNotPossible(reason) => {
            (StatusCode::CONFLICT, "correction-not-possible", Problem::CorrectionNotPossible(*reason))
        }
        Refusal::IdentityCheckRequired => {
            (StatusCode::FORBIDDEN, "identity-check-required", Problem::IdentityCheckRequired)
        }
        Refusal::TemporarilyUnavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, "temporarily-unavailable", Problem::TemporarilyUnavailable)
        }
        Refusal::InternalError => {
            (StatusCode::INTERNAL_SERVER_ERROR, "internal-error", Problem::InternalError)
        }
    }
}

fn add_members(body: &mut Map<String, Value>, refusal: &RequestRefusal, language: Language) {
    let members = match refusal {
        RequestRefusal::UnfitMember { path, rule } => {
            vec![("errors", json!([invalid_member::of_member(path, *rule, language)]))]
        }
        RequestRefusal::SessionMissing => vec![("nextStep", json!(names::step(Step::Identify)))],
        RequestRefusal::UseCase(refusal) => members_of_use_case(refusal, language),
        RequestRefusal::MalformedBody
        | RequestRefusal::UnsupportedMediaType
        | RequestRefusal::BodyTooLarge
        | RequestRefusal::IdempotencyKeyInvalid
        | RequestRefusal::CrossOriginRequest
        | RequestRefusal::DirectRequest
        | RequestRefusal::MethodNotAllowed(_) => Vec::new(),
    };
    body.extend(members.into_iter().map(|(name, value)| (name.to_owned(), value)));
}

/// Returns the additional members for a use case's refusal.
fn members_of_use_case(refusal: &Refusal, language: Language) -> Vec<(&'static str, Value)> {
    match refusal {
        Refusal::InvalidFields(fields) => {
            let errors: Vec<_> =
                fields.iter().map(|field| invalid_member::of_field(*field, language)).collect();
            vec![("errors", json!(errors))]
        }
        Refusal::StepOutOfOrder(step) => vec![("nextStep", json!(names::step(*step)))],
        Refusal::SessionEnded(end) => {
            vec![
                ("nextStep", json!(names::step(Step::Identify))),
                ("reason", json!(names::session_end(*end))),
            ]
        }
        Refusal::IdentityCheckRequired => vec![("nextStep", json!(names::step(Step::Identify)))],
        Refusal::SessionLimitReached(request) => vec![
            ("nextStep", json!(names::step(Step::Identify))),
            ("request", json!(names::limited_request(*request))),
            ("limit", json!(request.limit())),
        ],
        Refusal::TooManySignIns(_) => vec![("limit", json!(MAX_SIGN_INS))],
        Refusal::AlreadySubmitted(receipt) => {
            vec![("nextStep", json!(names::step(Step::Receipt))), ("receiptNumber", json!(receipt.as_str()))]
        }
        Refusal::CodeExpired(receipt)
        | Refusal::AlreadyPickedUp(receipt)
        | Refusal::ApplicationExpired(receipt)
        | Refusal::ApplicationStopped(receipt)
        | Refusal::ApplicationRejected(receipt) => vec![("receiptNumber", json!(receipt.as_str()))],
        Refusal::ResendNotPossible(reason) => {
            let mut members = vec![("reason", json!(names::no_resend(*reason)))];
            members.extend(retry_at(*reason).map(|at| ("retryAt", json!(at.to_rfc3339()))));
            members
        }
        Refusal::CorrectionNotPossible(reason) => vec![("reason", json!(names::no_correction(*reason)))],
        Refusal::CertificateNotReissuable { reason, not_after } => {
            vec![
                ("reason", json!(names::not_reissuable(*reason))),
                ("notAfter", json!(not_after.to_rfc3339())),
            ]
        }
        _ => Vec::new(),
    }
}

/// Returns the earliest time at which a refused resend request can succeed, if it is known.
pub(super) fn retry_at(reason: NoResend) -> Option<Timestamp> {
    match reason {
        NoResend::TooSoon { not_before } => Some(not_before),
        NoResend::Held { until } => until,
        NoResend::PickedUp
        | NoResend::Expired
        | NoResend::Stopped
        | NoResend::Rejected
        | NoResend::LimitReached => None,
    }
}

fn add_headers(response: &mut Response<Body>, refusal: &RequestRefusal, language: Language) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    match refusal {
        RequestRefusal::UseCase(Refusal::TemporarilyUnavailable) => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_FAILURE));
        }
        RequestRefusal::UseCase(Refusal::TooManySignIns(TooManySignIns { wait })) => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(*wait));
        }
        RequestRefusal::MethodNotAllowed(allowed) => {
            if let Ok(allow) = HeaderValue::try_from(allowed.join(", ")) {
                headers.insert(header::ALLOW, allow);
            }
        }
        RequestRefusal::SessionMissing
        | RequestRefusal::UseCase(
            Refusal::IdentityCheckFailed | Refusal::PickUpCheckFailed | Refusal::SessionEnded(_),
        ) => {
            // RFC 9110 §11.6.1 requires a challenge in every response with status 401.
            if let Ok(challenge) = HeaderValue::try_from(format!("Cookie cookie-name=\"{SESSION_COOKIE}\"")) {
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
        }
        _ => {}
    }
}
