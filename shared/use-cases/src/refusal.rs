//! The reasons why a request fails. A [`Refusal`] is shown to the client, and a [`Failure`] adds details for the log.

use std::error::Error;

use domain::{
    Timestamp,
    application::{FieldError, NoCorrection, NoResend},
    certificate::NotReissuable,
    fields::{Field, FixedField, Rule},
    receipt::ReceiptNumber,
    session::{SessionEnd, Step},
    session_limits::LimitedRequest,
    sign_ins::TooManySignIns,
};
use ports::{PortError, with_causes};
use store::StoreError;
use telemetry::{Place, metrics, unreadable};

/// The reason why a request is refused, as shown to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Some input values are invalid.
    InvalidFields(Vec<InvalidField>),
    /// At least one of the three credentials is wrong.
    IdentityCheckFailed,
    /// Too many attempts with these credentials failed, so the result of this attempt is withheld. If all three
    /// credentials are correct, the service emails a sign-in code.
    ConfirmationByEmail,
    /// Too many wrong passwords were entered with this certificate code, so the subscriber must request another code.
    CodeBlocked,
    /// The session has ended.
    SessionEnded(SessionEnd),
    /// The session has made as many of these requests as it may.
    SessionLimitReached(LimitedRequest),
    /// Too many sessions were started with the same credential.
    TooManySignIns(TooManySignIns),
    /// Another step must be completed first.
    StepOutOfOrder(Step),
    /// The application with this receipt number was already submitted.
    AlreadySubmitted(ReceiptNumber),
    /// The resource does not exist, or the client is not allowed to access it.
    NotFound,
    /// The certificate cannot be reissued.
    CertificateNotReissuable {
        reason: NotReissuable,
        /// The time at which the certificate expires.
        not_after: Timestamp,
    },
    /// The application has changed since it was shown to the client.
    ApplicationChanged,
    /// The Idempotency-Key header was already used for another request.
    IdempotencyKeyReused,
    /// The certificate code or the application password is wrong, or the code no longer belongs to an application.
    PickUpCheckFailed,
    /// The certificate code has expired. The subscriber can request another code on the receipt page.
    CodeExpired(ReceiptNumber),
    /// The certificate has already been issued for another key.
    AlreadyPickedUp(ReceiptNumber),
    /// The application was not picked up in time.
    ApplicationExpired(ReceiptNumber),
    /// The application was stopped from the registered mailbox.
    ApplicationStopped(ReceiptNumber),
    /// An officer rejected the application.
    ApplicationRejected(ReceiptNumber),
    /// The stop code belongs to no application.
    StopCodeUnknown,
    /// No more certificate codes can be requested.
    ResendNotPossible(NoResend),
    /// The email address cannot be corrected.
    CorrectionNotPossible(NoCorrection),
    /// The request requires a new identity check, because it changes where certificate codes are sent.
    IdentityCheckRequired,
    /// A dependency is unavailable. The same request may succeed later.
    TemporarilyUnavailable,
    /// The service has encountered an internal error.
    InternalError,
}

/// An input value that violates a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidField {
    pub location: InputLocation,
    /// The rule that the value violates.
    pub rule: Rule,
}

/// The location of a value in an operation's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputLocation {
    /// A field outside an application: a credential or the corrected address.
    Field(Field),
    /// A field of the entered application.
    ApplicationField(Field),
    /// A fixed field, sent along with the entered application.
    FixedField(FixedField),
    /// The coupon number of the certificate shown on the page.
    CouponNumber,
    /// The application version shown on the page.
    Version,
    /// The acknowledgement of the warning in step 3.
    Acknowledgement,
    /// The certification request.
    CertificationRequest,
}

impl InvalidField {
    /// Creates an error for a credential or a corrected address.
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

/// The reason why a request failed, with details for the log.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The service works as intended, but refused the request.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The store failed, or returned a row that this version of the service cannot read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another dependency failed.
    #[error(transparent)]
    Port(#[from] PortError),
    /// The service has encountered an internal error.
    #[error(transparent)]
    Internal(Box<dyn Error + Send + Sync>),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Failure {
    /// Creates a [`Failure::Internal`] with the cause or description `error`.
    pub fn internal(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    /// Logs this failure with its causes and its consequence `what`. If a dependency failed, the failure is also
    /// counted in a metric.
    pub fn log(&self, what: &'static str) {
        if let Self::Port(PortError { service, .. })
        | Self::Store(StoreError::Unavailable(PortError { service, .. })) = self
        {
            metrics::PORT_FAILURES.record(1, [service]);
        }
        if let Self::Store(StoreError::Unreadable(key)) = self {
            unreadable(Place::Row, key);
        }
        tracing::error!(error = with_causes(self), "{what}");
    }

    /// Returns the refusal to show to the client.
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
