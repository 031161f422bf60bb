//! The problems that a client can meet.

use domain::application::{NoCorrection, NoResend};

/// A problem with a request, for which each language has a title and a remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The body is not JSON.
    MalformedBody,
    /// The media type of the body is not JSON.
    UnsupportedMediaType,
    /// The body is larger than this API accepts.
    BodyTooLarge,
    /// Some values break rules.
    InvalidFields,
    /// At least one of the three credentials is wrong.
    IdentityCheckFailed,
    /// Too many checks failed. Contains the number of seconds to wait.
    TooManyAttempts,
    /// The request has no session.
    SessionMissing,
    /// The session has ended.
    SessionEnded,
    /// Another step must come first.
    StepOutOfOrder,
    /// The application was already submitted. Contains its receipt number.
    AlreadySubmitted,
    /// The resource does not exist, or these credentials do not open it.
    NotFound,
    /// The certificate cannot be reissued.
    CertificateNotReissuable,
    /// The application has changed since it was shown.
    ApplicationChanged,
    /// The Idempotency-Key is missing or malformed.
    IdempotencyKeyInvalid,
    /// The Idempotency-Key was used for another request.
    IdempotencyKeyReused,
    /// The certificate code or the application password is wrong, or the code no longer opens anything.
    PickUpCheckFailed,
    /// The certificate code has expired. Another one can be requested on the receipt.
    CodeExpired,
    /// The certificate was already issued for another key.
    AlreadyPickedUp,
    /// The application was not picked up in time.
    ApplicationExpired,
    /// No further certificate code can be requested.
    ResendNotPossible(NoResend),
    /// The email address cannot be corrected.
    CorrectionNotPossible(NoCorrection),
    /// A request that redirects credentials needs a new identity check.
    IdentityCheckRequired,
    /// The resource supports only these methods.
    MethodNotAllowed,
    /// A dependency does not respond. The same request may succeed later.
    TemporarilyUnavailable,
    /// A fault in this service.
    InternalError,
}

/// The words for a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemText {
    /// The problem in one sentence.
    pub title: &'static str,
    /// The instructions to the subscriber or the client.
    pub remedy: &'static str,
}
