//! The API's names for domain values, as listed in `infra/openapi.yaml`. The API's names are independent of the names
//! in the database.

use domain::{
    application::{NoCorrection, NoResend, Outcome},
    certificate::NotReissuable,
    delivery::{DeliveryKind, DeliveryOutcome},
    fields::Rule,
    revocation::RevocationTiming,
    session::{SessionEnd, Step},
    session_limits::LimitedRequest,
};

pub fn step(step: Step) -> &'static str {
    match step {
        Step::Identify => "identify",
        Step::Choose => "choose",
        Step::Check => "check",
        Step::Enter => "enter",
        Step::Confirm => "confirm",
        Step::Receipt => "receipt",
    }
}

/// Returns the name of the state of an accepted application.
pub(super) fn outcome(outcome: Outcome<'_>) -> &'static str {
    match outcome {
        Outcome::Waiting => "waiting",
        Outcome::PickedUp { .. } => "pickedUp",
        Outcome::Expired { .. } => "expired",
        Outcome::Stopped { .. } => "stopped",
        Outcome::Rejected { .. } => "rejected",
    }
}

pub(super) fn timing(timing: RevocationTiming) -> &'static str {
    match timing {
        RevocationTiming::Submission => "submission",
        RevocationTiming::PickUp => "pickup",
    }
}

/// Returns the name of the reason why a certificate cannot be reissued.
pub fn not_reissuable(reason: NotReissuable) -> &'static str {
    match reason {
        NotReissuable::Revoked => "revoked",
        NotReissuable::ReissueInProgress => "reissueInProgress",
        NotReissuable::Expired => "expired",
        NotReissuable::NotYetValid => "notYetValid",
        NotReissuable::ValidityTooShort => "validityTooShort",
    }
}

/// Returns the name of the reason why the subscriber cannot request another certificate code.
pub(super) fn no_resend(reason: NoResend) -> &'static str {
    match reason {
        NoResend::PickedUp => "pickedUp",
        NoResend::Expired => "expired",
        NoResend::Stopped => "stopped",
        NoResend::Rejected => "rejected",
        NoResend::Held { .. } => "held",
        NoResend::LimitReached => "limitReached",
        NoResend::TooSoon { .. } => "tooSoon",
    }
}

/// Returns the name of the reason why the email address cannot be corrected.
pub(super) fn no_correction(reason: NoCorrection) -> &'static str {
    match reason {
        NoCorrection::PickedUp => "pickedUp",
        NoCorrection::Expired => "expired",
        NoCorrection::Stopped => "stopped",
        NoCorrection::Rejected => "rejected",
        NoCorrection::IssuanceBegun => "issuanceBegun",
        NoCorrection::LimitReached => "limitReached",
    }
}

/// Returns the name of the reason why a session has ended.
pub(super) fn session_end(end: SessionEnd) -> &'static str {
    match end {
        SessionEnd::TimedOut => "timedOut",
        SessionEnd::SignedOut => "signedOut",
        SessionEnd::Replaced => "replaced",
        SessionEnd::TooManySessions => "tooManySessions",
        SessionEnd::WrongPasswords => "wrongPasswords",
    }
}

/// Returns the name of a request whose number is limited in each session.
pub(super) fn limited_request(request: LimitedRequest) -> &'static str {
    match request {
        LimitedRequest::Selection => "selection",
        LimitedRequest::Save => "save",
        LimitedRequest::Extension => "extension",
        LimitedRequest::Code => "code",
    }
}

/// Returns the name of the delivery state that the email service reported.
pub(super) fn mail_state(kind: DeliveryKind) -> &'static str {
    match kind {
        DeliveryKind::Delayed => "delayed",
        DeliveryKind::Delivered => "delivered",
        DeliveryKind::Bounced => "bounced",
        DeliveryKind::Complained => "complained",
    }
}

/// Returns the name of the bounce reason, or `None` if the email did not bounce.
pub(super) fn bounce(outcome: DeliveryOutcome) -> Option<&'static str> {
    match outcome {
        DeliveryOutcome::TemporaryFailure => Some("temporaryFailure"),
        DeliveryOutcome::MailboxFull => Some("mailboxFull"),
        DeliveryOutcome::Refused => Some("refused"),
        DeliveryOutcome::Suppressed => Some("suppressed"),
        DeliveryOutcome::Undeliverable => Some("undeliverable"),
        DeliveryOutcome::Delayed | DeliveryOutcome::Delivered | DeliveryOutcome::Complained => None,
    }
}

/// Returns the error code for a violated rule. The pages use the same rule names.
pub fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Required => "required",
        Rule::TooLong => "tooLong",
        Rule::NotAMailbox => "notAMailbox",
        Rule::MissingAtSign => "missingAtSign",
        Rule::SeveralAddresses => "severalAddresses",
        Rule::SeveralAtSigns => "severalAtSigns",
        Rule::SpaceInAddress => "spaceInAddress",
        Rule::CommaInAddress => "commaInAddress",
        Rule::LocalPartNotAscii => "localPartNotAscii",
        Rule::LocalPartDots => "localPartDots",
        Rule::LocalPartTooLong => "localPartTooLong",
        Rule::DomainWithoutDot => "domainWithoutDot",
        Rule::NumericDomain => "numericDomain",
        Rule::DomainMalformed => "domainMalformed",
        Rule::NotFullWidth => "notFullWidth",
        Rule::NotRomaji => "notRomaji",
        Rule::NotAPostalCode => "notAPostalCode",
        Rule::NotAPrefecture => "notAPrefecture",
        Rule::NotAPhoneNumber => "notAPhoneNumber",
        Rule::SameAddress => "sameAddress",
        Rule::UnsuitableCharacter => "unsuitableCharacter",
        Rule::CertificateCodeTypo => "certificateCodeTypo",
        Rule::NotASignInCode => "notASignInCode",
        Rule::WrongPassword => "wrongPassword",
        Rule::FixedField => "fixedField",
        Rule::UnknownField => "unknownField",
        Rule::NotAcknowledged => "notAcknowledged",
        Rule::WrongType => "wrongType",
        Rule::CsrMalformed => "csrMalformed",
        Rule::CsrIsPrivateKey => "csrIsPrivateKey",
        Rule::CsrIsCertificate => "csrIsCertificate",
        Rule::CsrSignatureAlgorithm => "csrSignatureAlgorithm",
        Rule::CsrSignature => "csrSignature",
        Rule::KeyUnsupported => "keyUnsupported",
        Rule::KeyWeak => "keyWeak",
        Rule::KeyCompromised => "keyCompromised",
        Rule::KeyReused => "keyReused",
    }
}
