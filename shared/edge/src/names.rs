//! The names that the API has for values of the domain, as `infra/openapi.yaml` lists them. They do not depend on the
//! names under which the same values are stored.

use domain::{
    application::{NoCorrection, NoResend},
    certificate::NotReissuable,
    delivery::{DeliveryKind, DeliveryOutcome},
    fields::Rule,
    revocation::RevocationTiming,
    session::Step,
};

/// Returns the name of a step.
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

/// Returns the name of a revocation timing.
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

/// Returns the name of the reason why the subscriber cannot ask for another code.
pub(super) fn no_resend(reason: NoResend) -> &'static str {
    match reason {
        NoResend::PickedUp => "pickedUp",
        NoResend::Expired => "expired",
        NoResend::LimitReached => "limitReached",
        NoResend::TooSoon { .. } => "tooSoon",
    }
}

/// Returns the name of the reason why the email address cannot be corrected.
pub(super) fn no_correction(reason: NoCorrection) -> &'static str {
    match reason {
        NoCorrection::PickedUp => "pickedUp",
        NoCorrection::Expired => "expired",
        NoCorrection::IssuanceBegun => "issuanceBegun",
        NoCorrection::LimitReached => "limitReached",
    }
}

/// Returns the name of an email's delivery state, as reported by the email service.
pub(super) fn mail_state(kind: DeliveryKind) -> &'static str {
    match kind {
        DeliveryKind::Delayed => "delayed",
        DeliveryKind::Delivered => "delivered",
        DeliveryKind::Bounced => "bounced",
        DeliveryKind::Complained => "complained",
    }
}

/// Returns the name of the bounce reason, or `None` for other outcomes.
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

/// Returns the code of the error about a value that breaks a rule. The pages know a rule by the same name.
pub fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Required => "required",
        Rule::TooLong => "tooLong",
        Rule::NotAMailbox => "notAMailbox",
        Rule::NotFullWidth => "notFullWidth",
        Rule::NotRomaji => "notRomaji",
        Rule::NotAPostalCode => "notAPostalCode",
        Rule::NotAPrefecture => "notAPrefecture",
        Rule::NotAPhoneNumber => "notAPhoneNumber",
        Rule::SameAddress => "sameAddress",
        Rule::UnsuitableCharacter => "unsuitableCharacter",
        Rule::CertificateCodeTypo => "certificateCodeTypo",
        Rule::FixedField => "fixedField",
        Rule::UnknownField => "unknownField",
        Rule::NotAcknowledged => "notAcknowledged",
        Rule::WrongType => "wrongType",
        Rule::CsrMalformed => "csrMalformed",
        Rule::CsrSignature => "csrSignature",
        Rule::KeyUnsupported => "keyUnsupported",
        Rule::KeyWeak => "keyWeak",
        Rule::KeyCompromised => "keyCompromised",
        Rule::KeyReused => "keyReused",
    }
}
