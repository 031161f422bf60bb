//! Refusals of requests, either by a use case or before a request reaches a use case.

use domain::fields::Rule;
use use_cases::refusal::{Failure, Refusal};

/// The reason for refusing a request, as shown to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestRefusal {
    /// The body is not JSON.
    MalformedBody,
    /// The media type of the body is not JSON.
    UnsupportedMediaType,
    /// The body exceeds the API's size limit.
    BodyTooLarge,
    /// A member of the body is unknown or has the wrong type.
    UnfitMember {
        /// The path to the member: the names of its parents, followed by its own name.
        path: Vec<String>,
        /// [`Rule::UnknownField`] or [`Rule::WrongType`].
        rule: Rule,
    },
    /// The request has no session.
    SessionMissing,
    /// The Idempotency-Key header is missing or malformed.
    IdempotencyKeyInvalid,
    /// A page of another site sent the request, or the request does not prove that a page of this site sent it.
    CrossOriginRequest,
    /// The request did not come through the CDN in front of the API.
    DirectRequest,
    /// The resource supports only these HTTP methods.
    MethodNotAllowed(&'static [&'static str]),
    /// The use case refused the request.
    UseCase(Refusal),
}

impl From<Refusal> for RequestRefusal {
    fn from(refusal: Refusal) -> Self {
        Self::UseCase(refusal)
    }
}

/// The reason why a request was not carried out.
#[derive(Debug)]
pub enum RequestFailure {
    /// The service refused the request and works as intended.
    Refused(RequestRefusal),
    /// A dependency failed, or this service has a fault.
    Failed(Failure),
}

impl From<RequestRefusal> for RequestFailure {
    fn from(refusal: RequestRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<E: Into<Failure>> From<E> for RequestFailure {
    fn from(error: E) -> Self {
        match error.into() {
            Failure::Refused(refusal) => Self::Refused(refusal.into()),
            failed @ (Failure::Store(_) | Failure::Port(_) | Failure::Internal(_)) => Self::Failed(failed),
        }
    }
}
