//! The keys and bodies of the rows in the registry.

use serde::{Deserialize, Serialize};

use super::{Item, text};
use domain::{
    Timestamp,
    application::{
        Accepted, AnyApplication, Application, ApplicationId, Confirmed, Draft, Expired, PickedUp,
    },
    crl_scope::CrlScope,
    enrollment::{EnrollmentId, LoginKey, ThrottleKey},
    numbers::{CouponNumber, SerialNumber},
    receipt::ReceiptNumber,
    session::SessionId,
};

/// A row's key.
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Key {
    fn in_enrollment(enrollment: &EnrollmentId, sk: String) -> Self {
        Self { pk: enrollment_partition(enrollment), sk }
    }

    fn alone(pk: String, kind: &str) -> Self {
        Self { pk, sk: kind.to_owned() }
    }

    pub(super) fn credential(enrollment: &EnrollmentId) -> Self {
        Self::in_enrollment(enrollment, CREDENTIAL.to_owned())
    }

    pub(super) fn certificate(ApplicationId { enrollment, coupon_number }: &ApplicationId) -> Self {
        Self::in_enrollment(enrollment, format!("{CERTIFICATE}#{coupon_number}"))
    }

    pub(super) fn application(ApplicationId { enrollment, coupon_number }: &ApplicationId) -> Self {
        Self::in_enrollment(enrollment, format!("{APPLICATION}#{coupon_number}"))
    }

    pub(super) fn session(enrollment: &EnrollmentId, session: &SessionId) -> Self {
        Self::in_enrollment(enrollment, format!("{SESSION}#{}", session.as_str()))
    }

    pub(super) fn submission(enrollment: &EnrollmentId, idempotency_key: &str) -> Self {
        Self::in_enrollment(enrollment, format!("{SUBMISSION}#{idempotency_key}"))
    }

    pub(super) fn login(login: &LoginKey) -> Self {
        Self::alone(format!("LOGIN#{}", login.as_str()), "LOGIN")
    }

    pub(super) fn throttle(throttle: &ThrottleKey) -> Self {
        Self::alone(format!("THROTTLE#{}", throttle.as_str()), "THROTTLE")
    }

    pub(super) fn coupon(coupon: &CouponNumber) -> Self {
        Self::alone(format!("COUPON#{coupon}"), "COUPON")
    }

    pub(super) fn serial(serial: &SerialNumber) -> Self {
        Self::alone(format!("SERIAL#{serial}"), "SERIAL")
    }

    pub(super) fn receipt(receipt: &ReceiptNumber) -> Self {
        Self::alone(format!("RECEIPT#{receipt}"), "RECEIPT")
    }

    pub(super) fn subject_key(sha256: &str) -> Self {
        Self::alone(format!("KEY#{sha256}"), "KEY")
    }

    pub(super) fn mailed_code(sha256: &str) -> Self {
        Self::alone(format!("CODE#{sha256}"), "CODE")
    }

    pub(super) fn crl_numbers(scope: CrlScope) -> Self {
        Self::alone(format!("CRL#{scope}"), "NUMBERS")
    }

    pub(super) fn ca_certificate() -> Self {
        Self::alone("CA".to_owned(), "CERTIFICATE")
    }

    pub(super) fn audit_log() -> Self {
        Self::alone("AUDIT".to_owned(), "SEALED")
    }

    pub(super) fn ocsp_responder() -> Self {
        Self::alone("OCSP#RESPONDER".to_owned(), "RESPONDER")
    }

    pub(super) fn to_item(&self) -> Item {
        Item::from([("pk".to_owned(), text(&self.pk)), ("sk".to_owned(), text(&self.sk))])
    }
}

pub(super) fn enrollment_partition(enrollment: &EnrollmentId) -> String {
    format!("ENROLLMENT#{enrollment}")
}

pub(super) const CREDENTIAL: &str = "CREDENTIAL";
pub(super) const CERTIFICATE: &str = "CERTIFICATE";
pub(super) const APPLICATION: &str = "APPLICATION";
pub(super) const SESSION: &str = "SESSION";
pub(super) const SUBMISSION: &str = "SUBMISSION";

/// The state of an application as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
enum ApplicationState {
    Draft(Draft),
    Confirmed(Confirmed),
    Accepted(Box<Accepted>),
    PickedUp(Box<PickedUp>),
    Expired(Box<Expired>),
}

#[derive(Serialize, Deserialize)]
pub(super) struct ApplicationRow {
    coupon_number: CouponNumber,
    version: u64,
    #[serde(flatten)]
    state: ApplicationState,
}

impl From<AnyApplication> for ApplicationRow {
    fn from(application: AnyApplication) -> Self {
        match application {
            AnyApplication::Draft(Application { coupon_number, version, state }) => {
                Self { coupon_number, version, state: ApplicationState::Draft(state) }
            }
            AnyApplication::Confirmed(Application { coupon_number, version, state }) => {
                Self { coupon_number, version, state: ApplicationState::Confirmed(state) }
            }
            AnyApplication::Accepted(application) => {
                let Application { coupon_number, version, state } = *application;
                Self { coupon_number, version, state: ApplicationState::Accepted(Box::new(state)) }
            }
            AnyApplication::PickedUp(application) => {
                let Application { coupon_number, version, state } = *application;
                Self { coupon_number, version, state: ApplicationState::PickedUp(Box::new(state)) }
            }
            AnyApplication::Expired(application) => {
                let Application { coupon_number, version, state } = *application;
                Self { coupon_number, version, state: ApplicationState::Expired(Box::new(state)) }
            }
        }
    }
}

impl From<ApplicationRow> for AnyApplication {
    fn from(ApplicationRow { coupon_number, version, state }: ApplicationRow) -> Self {
        match state {
            ApplicationState::Draft(state) => Self::Draft(Application { coupon_number, version, state }),
            ApplicationState::Confirmed(state) => {
                Self::Confirmed(Application { coupon_number, version, state })
            }
            ApplicationState::Accepted(state) => {
                Self::Accepted(Box::new(Application { coupon_number, version, state: *state }))
            }
            ApplicationState::PickedUp(state) => {
                Self::PickedUp(Box::new(Application { coupon_number, version, state: *state }))
            }
            ApplicationState::Expired(state) => {
                Self::Expired(Box::new(Application { coupon_number, version, state: *state }))
            }
        }
    }
}

/// The result of a submission with an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// The idempotency key, hashed.
    pub idempotency_key: String,
    /// The SHA-256 of the submitted data, so that the key cannot be used for other data.
    pub request_sha256: String,
    /// The receipt number of the accepted application.
    pub receipt_number: ReceiptNumber,
    /// The time after which the row may be deleted.
    pub ttl: Timestamp,
}
