//! The problems that the API reports to clients.

use domain::{
    application::{NoCorrection, NoResend},
    session::SessionEnd,
    session_limits::LimitedRequest,
};

/// A problem with a request. Each language defines a title and a remedy for every problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The request body is not valid JSON.
    MalformedBody,
    /// The media type of the request body is not JSON.
    UnsupportedMediaType,
    /// The request body exceeds the size limit of the API.
    BodyTooLarge,
    /// At least one field is invalid.
    InvalidFields,
    /// At least one of the three credentials is wrong.
    IdentityCheckFailed,
    /// The result of the identity check is withheld until the sign-in code from an email is entered.
    ConfirmationByEmail,
    /// Too many wrong passwords were entered with this certificate code.
    CodeBlocked,
    /// The request has no session.
    SessionMissing,
    /// The session has ended.
    SessionEnded(SessionEnd),
    /// The session has made as many requests of this kind as it may.
    SessionLimitReached(LimitedRequest),
    /// Too many sessions were started with the same credentials in a day.
    TooManySignIns,
    /// The subscriber has not completed an earlier step that the request requires.
    StepOutOfOrder,
    /// The application was already submitted.
    AlreadySubmitted,
    /// The resource does not exist, or the credentials do not give access to it.
    NotFound,
    /// The certificate cannot be reissued.
    CertificateNotReissuable,
    /// The application was changed after the page displayed it.
    ApplicationChanged,
    /// The Idempotency-Key is missing or malformed.
    IdempotencyKeyInvalid,
    /// The Idempotency-Key was already used for a different request.
    IdempotencyKeyReused,
    /// The certificate code or the application password is wrong, or the code is no longer valid.
    PickUpCheckFailed,
    /// The certificate code has expired. The subscriber can request another code on the receipt page.
    CodeExpired,
    /// The certificate was already issued for a different key.
    AlreadyPickedUp,
    /// The application expired before the certificate was picked up.
    ApplicationExpired,
    /// The application was stopped from the registered mailbox.
    ApplicationStopped,
    /// An officer rejected the application.
    ApplicationRejected,
    /// The stop code belongs to no application.
    StopCodeUnknown,
    /// The subscriber cannot request another certificate code.
    ResendNotPossible(NoResend),
    /// The email address cannot be corrected.
    CorrectionNotPossible(NoCorrection),
    /// The request changes the address for certificate codes and requires a new identity check.
    IdentityCheckRequired,
    /// The request does not come from a page of the site.
    CrossOriginRequest,
    /// The request did not come through the site's address.
    DirectRequest,
    /// The resource does not support the request method.
    MethodNotAllowed,
    /// A dependency is unavailable. The client can retry the same request later.
    TemporarilyUnavailable,
    /// An internal error occurred in the service.
    InternalError,
}

/// The text that describes a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemText {
    /// A one-sentence description of the problem.
    pub title: &'static str,
    /// Instructions for the subscriber or the client.
    pub remedy: &'static str,
}
