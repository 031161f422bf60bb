//! The database representation of an application, and its conversion to and from the domain type.

use serde::{Deserialize, Serialize};

use domain::{
    application::{
        Accepted, AnyApplication, Application, Confirmed, Draft, Expired, PickedUp, Rejected, Stopped,
    },
    numbers::CouponNumber,
};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
enum ApplicationState {
    Draft(Draft),
    Confirmed(Confirmed),
    Accepted(Box<Accepted>),
    PickedUp(Box<PickedUp>),
    Expired(Box<Expired>),
    Stopped(Box<Stopped>),
    Rejected(Box<Rejected>),
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ApplicationRow {
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
            AnyApplication::Stopped(application) => {
                let Application { coupon_number, version, state } = *application;
                Self { coupon_number, version, state: ApplicationState::Stopped(Box::new(state)) }
            }
            AnyApplication::Rejected(application) => {
                let Application { coupon_number, version, state } = *application;
                Self { coupon_number, version, state: ApplicationState::Rejected(Box::new(state)) }
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
            ApplicationState::Stopped(state) => {
                Self::Stopped(Box::new(Application { coupon_number, version, state: *state }))
            }
            ApplicationState::Rejected(state) => {
                Self::Rejected(Box::new(Application { coupon_number, version, state: *state }))
            }
        }
    }
}
