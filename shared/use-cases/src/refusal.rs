//! Why a request is not carried out: what the subscriber is told, and what only the log is told.

use domain::{
    Timestamp,
    application::{FieldError, NoCorrection, NoResend},
    certificate::NotReissuable,
    fields::{Bilingual, FIXED_FIELDS, Field, Language, Rule},
    receipt::ReceiptNumber,
    session::Step,
};
use ports::PortError;
use store::StoreError;
use telemetry::metrics;

/// Why a request was refused, for whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The body is not JSON.
    MalformedBody,
    /// The body is not declared to be JSON.
    UnsupportedMediaType,
    /// The body is larger than any that this API takes.
    BodyTooLarge,
    /// Values that break rules.
    InvalidFields(Vec<InvalidField>),
    /// At least one of the three credentials is wrong.
    IdentityCheckFailed,
    /// Too many failed checks; seconds to wait.
    TooManyAttempts(i64),
    /// There is no session.
    SessionMissing,
    /// The session has ended.
    SessionEnded,
    /// The step has to wait for another one.
    StepOutOfOrder(Step),
    /// The application was submitted: this is its receipt.
    AlreadySubmitted(ReceiptNumber),
    /// There is no such thing, or not for these credentials.
    NotFound,
    /// The certificate cannot be reissued.
    CertificateNotReissuable {
        /// Why not.
        reason: NotReissuable,
        /// When its validity ends.
        not_after: Timestamp,
    },
    /// The application is no longer as it was shown.
    ApplicationChanged,
    /// The Idempotency-Key is missing or not of its form.
    IdempotencyKeyInvalid,
    /// The Idempotency-Key belongs to another request.
    IdempotencyKeyReused,
    /// The certificate code or the application password is wrong, or the code opens nothing (any more).
    PickUpCheckFailed,
    /// The certificate code's time is over; the receipt is where another one can be asked for.
    CodeExpired(ReceiptNumber),
    /// The certificate was issued for another key.
    AlreadyPickedUp(ReceiptNumber),
    /// The application was not picked up in time.
    ApplicationExpired(ReceiptNumber),
    /// No other certificate code can be asked for.
    ResendNotPossible(NoResend),
    /// The e-mail address cannot be corrected.
    CorrectionNotPossible(NoCorrection),
    /// What redirects credentials needs an identity check of its own.
    IdentityCheckRequired,
    /// The resource knows only these methods.
    MethodNotAllowed(&'static [&'static str]),
    /// Something outside does not answer; the same request may succeed later.
    TemporarilyUnavailable,
    /// A fault of this service.
    InternalError,
}

/// A value of the request's body that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidField {
    /// Where it is (RFC 6901).
    pub pointer: String,
    /// What it breaks.
    pub rule: Rule,
    /// What the field is called.
    pub label: FieldLabel,
}

/// What a field is called in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldLabel {
    /// By its label on the pages.
    OnPage(Field),
    /// By its label on the pages, where it is only shown.
    Fixed(Bilingual),
    /// By its name in the API.
    InApi(String),
}

impl InvalidField {
    /// A field of the pages, in the object at `parent`.
    pub fn on_page(parent: &str, error: FieldError) -> Self {
        Self {
            pointer: format!("{parent}/{}", error.field.name()),
            rule: error.rule,
            label: FieldLabel::OnPage(error.field),
        }
    }

    /// A fixed field that was sent with another value.
    pub fn fixed(name: &str) -> Self {
        let known = FIXED_FIELDS.iter().find(|(known, _)| *known == name);
        Self {
            pointer: format!("/fixed/{name}"),
            rule: Rule::FixedField,
            label: known
                .map_or_else(|| FieldLabel::InApi(name.to_owned()), |(_, label)| FieldLabel::Fixed(*label)),
        }
    }

    /// A member that only the API has a name for.
    pub fn in_api(parent: &str, name: &str, rule: Rule) -> Self {
        Self { pointer: format!("{parent}/{name}"), rule, label: FieldLabel::InApi(name.to_owned()) }
    }

    /// The message, naming the field and the remedy.
    pub fn message(&self, language: Language) -> String {
        match &self.label {
            FieldLabel::OnPage(field) => {
                let spec = field.spec();
                self.rule.message_for(spec.label.in_language(language), spec.max_length, language)
            }
            FieldLabel::Fixed(label) => self.rule.message_for(label.in_language(language), 0, language),
            FieldLabel::InApi(name) => self.rule.message_for(name, 0, language),
        }
    }
}

/// Why a request was not carried out, with what the log should know.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Refused; nothing is wrong with the service.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The records did not answer, or not sensibly.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something else outside did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Made here and wrong.
    #[error("{0}")]
    Internal(String),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Failure {
    /// A fault of this service, in the words of `error`.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        Self::Internal(error.to_string())
    }

    /// Logs that `what` came of this failure, and counts the failure if something outside is to blame.
    pub fn log(&self, what: &'static str) {
        if let Self::Port(PortError { service, .. })
        | Self::Store(StoreError::Unavailable(PortError { service, .. })) = self
        {
            metrics::PORT_FAILURES.record(1, [service]);
        }
        tracing::error!(error = %self, "{what}");
    }

    /// What whoever sent the request is told.
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
    use super::*;

    #[test]
    fn a_client_can_try_again_when_the_store_does_not_answer() {
        let throttled = PortError { service: "dynamodb", message: "ThrottlingException".to_owned() };
        let failure = Failure::from(StoreError::Unavailable(throttled));
        assert_eq!(failure.into_refusal(), Refusal::TemporarilyUnavailable);
    }
}
