//! The reasons why a request is not carried out: the messages for the client, and the details that only the log
//! contains.

use std::error::Error;

use domain::{
    Timestamp,
    application::{FieldError, NoCorrection, NoResend},
    certificate::NotReissuable,
    fields::{Field, FixedField, Rule},
    receipt::ReceiptNumber,
    session::Step,
};
use ports::{PortError, with_causes};
use store::StoreError;
use telemetry::metrics;

/// The reason for a refusal, which the client is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The body is not JSON.
    MalformedBody,
    /// The media type of the body is not JSON.
    UnsupportedMediaType,
    /// The body is larger than this API accepts.
    BodyTooLarge,
    /// A member of the body is unknown or has the wrong type.
    UnfitMember {
        /// The names of the members that lead to it, its own last.
        path: Vec<String>,
        /// [`Rule::UnknownField`] or [`Rule::WrongType`].
        rule: Rule,
    },
    /// Some values break rules.
    InvalidFields(Vec<InvalidField>),
    /// At least one of the three credentials is wrong.
    IdentityCheckFailed,
    /// Too many checks failed. Contains the number of seconds to wait.
    TooManyAttempts(i64),
    /// The request has no session.
    SessionMissing,
    /// The session has ended.
    SessionEnded,
    /// Another step must come first.
    StepOutOfOrder(Step),
    /// The application was already submitted. Contains its receipt number.
    AlreadySubmitted(ReceiptNumber),
    /// The resource does not exist, or the client's credentials do not give access to the resource.
    NotFound,
    /// The certificate cannot be reissued.
    CertificateNotReissuable {
        /// The reason.
        reason: NotReissuable,
        /// The time at which the certificate expires.
        not_after: Timestamp,
    },
    /// The application has changed since it was shown.
    ApplicationChanged,
    /// The Idempotency-Key is missing or malformed.
    IdempotencyKeyInvalid,
    /// The Idempotency-Key was used for another request.
    IdempotencyKeyReused,
    /// The certificate code or the application password is wrong, or the code no longer belongs to an application.
    PickUpCheckFailed,
    /// The certificate code has expired. The subscriber can request another code on the receipt page.
    CodeExpired(ReceiptNumber),
    /// The certificate was already issued for another key.
    AlreadyPickedUp(ReceiptNumber),
    /// The application was not picked up in time.
    ApplicationExpired(ReceiptNumber),
    /// No further certificate code can be requested.
    ResendNotPossible(NoResend),
    /// The email address cannot be corrected.
    CorrectionNotPossible(NoCorrection),
    /// A request that redirects credentials needs a new identity check.
    IdentityCheckRequired,
    /// The resource supports only these methods.
    MethodNotAllowed(&'static [&'static str]),
    /// A dependency does not respond. The same request may succeed later.
    TemporarilyUnavailable,
    /// A fault in this service.
    InternalError,
}

/// A value of an operation's input that breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidField {
    /// The location of the value.
    pub location: InputLocation,
    /// The rule that it breaks.
    pub rule: Rule,
}

/// A location in the input of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputLocation {
    /// A field outside an application: a credential or the corrected address.
    Field(Field),
    /// A field of the entered application.
    ApplicationField(Field),
    /// A fixed field, sent beside the entered application.
    FixedField(FixedField),
    /// The coupon number of the certificate that the page showed.
    CouponNumber,
    /// The version of the application that the page showed.
    Version,
    /// The acknowledgement of the warning.
    Acknowledgement,
    /// The certification request.
    CertificationRequest,
}

impl InvalidField {
    /// Creates an error for a credential or the corrected address.
    pub fn field(FieldError { field, rule }: FieldError) -> Self {
        Self { location: InputLocation::Field(field), rule }
    }

    /// Creates an error for a field of the entered application.
    pub fn application_field(FieldError { field, rule }: FieldError) -> Self {
        Self { location: InputLocation::ApplicationField(field), rule }
    }

    /// Creates an error for a fixed field whose value in the request differs from the stored value.
    pub fn fixed_field(field: FixedField) -> Self {
        Self { location: InputLocation::FixedField(field), rule: Rule::FixedField }
    }
}

/// The reason why a request was not carried out, with details for the log.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The service refused the request and works as intended.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The store failed, or returned a row that this version cannot read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another dependency failed.
    #[error(transparent)]
    Port(#[from] PortError),
    /// A fault in this service.
    #[error(transparent)]
    Internal(Box<dyn Error + Send + Sync>),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Failure {
    /// Creates a failure caused by a fault of this service. `error` is the cause or the description.
    pub fn internal(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    /// Logs this failure, its causes and its consequence `what`, and counts the failure if a dependency failed.
    pub fn log(&self, what: &'static str) {
        if let Self::Port(PortError { service, .. })
        | Self::Store(StoreError::Unavailable(PortError { service, .. })) = self
        {
            metrics::PORT_FAILURES.record(1, [service]);
        }
        tracing::error!(error = with_causes(self), "{what}");
    }

    /// Returns the refusal that is shown to the client.
    pub fn into_refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Store(StoreError::Conflict(_) | StoreError::Unavailable(_)) | Self::Port(_) => {
                Refusal::TemporarilyUnavailable
            }
            Self::Store(StoreError::Unreadable(_)) | Self::Internal(_) => Refusal::InternalError,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the scratch file cannot be read")]
    struct Unreadable(#[source] io::Error);

    #[test]
    fn the_causes_of_a_failure_are_logged_and_hidden_from_the_client() {
        let failure = Failure::internal(Unreadable(io::Error::other("the disk is full")));
        assert_eq!(with_causes(&failure), "the scratch file cannot be read: the disk is full");
        assert_eq!(failure.into_refusal(), Refusal::InternalError);
    }

    #[test]
    fn an_unavailable_store_is_a_temporary_refusal() {
        let throttled = PortError { service: "dynamodb", message: "ThrottlingException".to_owned() };
        let failure = Failure::from(StoreError::Unavailable(throttled));
        assert_eq!(failure.into_refusal(), Refusal::TemporarilyUnavailable);
    }
}
