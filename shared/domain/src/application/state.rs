//! The states of an application: `draft` → `confirmed` → `accepted` → `pickedUp` or `expired`. An accepted application
//! can also be `stopped` from the registered mailbox. An officer then releases it, and it is `accepted` again, or the
//! application becomes `rejected`.

use serde::{Deserialize, Serialize};

use super::{
    ApplicationFields, CompleteFields,
    accepted::{Accepted, AddressCorrection, IssuedCertificate},
    hold::AddressChangeHold,
    receipt::{Outcome, Receipt},
};
use crate::{
    Timestamp, certificate::Certificate, contact::EmailAddress, delivery::Deliveries, fields::Language,
    numbers::CouponNumber, receipt::ReceiptNumber, revocation::RevocationTiming, session::SessionId,
};

/// A reissue application in state `S`: [`Draft`] → [`Confirmed`] → [`Accepted`] → [`PickedUp`] or [`Expired`].
/// [`Stopped`] leads back to [`Accepted`] or to [`Rejected`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application<S> {
    /// The coupon number of the certificate to replace.
    pub coupon_number: CouponNumber,
    /// The version number. Before acceptance, every write increments the version. After acceptance, only state changes
    /// and address corrections increment the version. Every write is conditional and fails if a conflicting write
    /// occurred first.
    pub version: u64,
    /// The data that depends on the state.
    pub state: S,
}

/// An application that the service has pre-filled from the certificate record. The subscriber has not saved the
/// application yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The pre-filled fields.
    pub fields: ApplicationFields,
}

/// An application with complete and valid fields. The subscriber can still change the fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    pub fields: CompleteFields,
}

/// An application whose new certificate has been issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickedUp {
    #[serde(flatten)]
    pub accepted: Accepted,
    pub picked_up_at: Timestamp,
    pub issued: IssuedCertificate,
}

/// An application whose new certificate was not picked up within [`APPLICATION_LIFETIME`](super::APPLICATION_LIFETIME).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expired {
    #[serde(flatten)]
    pub accepted: Accepted,
    pub expired_at: Timestamp,
}

/// An application that was stopped from the registered mailbox. No certificate can be picked up unless an officer
/// releases the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    #[serde(flatten)]
    pub accepted: Accepted,
    pub stopped_at: Timestamp,
}

/// An application that an officer rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    #[serde(flatten)]
    pub accepted: Accepted,
    /// The time at which the application was stopped, or `None` if it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<Timestamp>,
    pub rejected_at: Timestamp,
}

/// A stored application in any state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnyApplication {
    Draft(Application<Draft>),
    Confirmed(Application<Confirmed>),
    Accepted(Box<Application<Accepted>>),
    PickedUp(Box<Application<PickedUp>>),
    Expired(Box<Application<Expired>>),
    Stopped(Box<Application<Stopped>>),
    Rejected(Box<Application<Rejected>>),
}

impl Application<Draft> {
    /// Creates version 1 of an application, pre-filled from the certificate record.
    pub fn prefilled(coupon_number: CouponNumber, fields: ApplicationFields) -> Self {
        Self { coupon_number, version: 1, state: Draft { fields } }
    }
}

impl Application<Confirmed> {
    /// Creates version `shown_version + 1` with the fields that the subscriber entered.
    pub fn entered(coupon_number: CouponNumber, shown_version: u64, fields: CompleteFields) -> Self {
        Self { coupon_number, version: shown_version.saturating_add(1), state: Confirmed { fields } }
    }

    /// Accepts the application without changing its fields.
    pub fn accept(
        self,
        receipt_number: ReceiptNumber,
        accepted_at: Timestamp,
        timing: RevocationTiming,
        language: Language,
    ) -> Application<Accepted> {
        let state = Accepted {
            fields: self.state.fields,
            receipt_number,
            accepted_at,
            timing,
            language,
            mailed_code: None,
            codes_sent: Vec::new(),
            deliveries: Deliveries::default(),
            resends: Vec::new(),
            corrections: Vec::new(),
            address_hold: None,
            releases: Vec::new(),
            claim: None,
        };
        Application { coupon_number: self.coupon_number, version: self.version + 1, state }
    }
}

impl Application<Accepted> {
    /// Records the pick-up and replaces the issuance claim with `issued`.
    pub fn pick_up(self, picked_up_at: Timestamp, issued: IssuedCertificate) -> Application<PickedUp> {
        let accepted = Accepted { claim: None, ..self.state };
        let state = PickedUp { accepted, picked_up_at, issued };
        Application { coupon_number: self.coupon_number, version: self.version + 1, state }
    }

    /// Replaces the email address and removes the code for the old address. The number of the removed code is not
    /// reused, because each code is derived from its number.
    #[must_use]
    pub fn correct_address(mut self, address: EmailAddress, session: SessionId, at: Timestamp) -> Self {
        let replaced = self.state.fields.email_address().clone();
        let first_send_number = self.state.next_send_number();
        self.state.corrections.push(AddressCorrection {
            at,
            session: Some(session),
            replaced,
            first_send_number,
            codes_sent: Some(self.state.codes_sent.len()),
        });
        self.state.fields = self.state.fields.with_email_address(address);
        self.state.mailed_code = None;
        Self { version: self.version + 1, ..self }
    }

    /// Holds the codes for the current email address if it is not the address that `certificate` names. Otherwise ends
    /// the hold of an earlier address.
    #[must_use]
    pub fn with_hold(mut self, certificate: &Certificate, setting: AddressChangeHold) -> Self {
        let since = self.state.address_since();
        self.state.address_hold = self.state.changes_address_of(certificate).then(|| setting.begun_at(since));
        self
    }

    /// Stops the application. The latest code is kept, so that the response to it can state the reason. A claim is also
    /// kept, because the claimed certificate may have been signed.
    pub fn stop(self, stopped_at: Timestamp) -> Application<Stopped> {
        let state = Stopped { accepted: self.state, stopped_at };
        Application { coupon_number: self.coupon_number, version: self.version + 1, state }
    }

    /// Ends the hold before its time. Earlier codes become invalid.
    #[must_use]
    pub fn approve(self, at: Timestamp) -> Self {
        Self { version: self.version + 1, state: self.state.released(at, None), ..self }
    }

    /// Rejects an application that was not stopped.
    pub fn reject(self, rejected_at: Timestamp) -> Application<Rejected> {
        let state = Rejected { accepted: self.state, stopped_at: None, rejected_at };
        Application { coupon_number: self.coupon_number, version: self.version + 1, state }
    }

    /// Marks the application as expired. An issuance claim is kept, because the claimed certificate may have been
    /// signed.
    pub fn expire(self, expired_at: Timestamp) -> Application<Expired> {
        let state = Expired { accepted: self.state, expired_at };
        Application { coupon_number: self.coupon_number, version: self.version + 1, state }
    }

    /// Returns the receipt with the outcome [`Outcome::Waiting`].
    pub fn receipt(&self) -> Receipt<'_> {
        Receipt {
            coupon_number: &self.coupon_number,
            version: self.version,
            accepted: &self.state,
            outcome: Outcome::Waiting,
        }
    }
}

impl Application<Stopped> {
    /// Makes the application wait for the pick-up again. Codes from before the stop remain invalid.
    pub fn release(self, at: Timestamp) -> Application<Accepted> {
        let Stopped { accepted, stopped_at } = self.state;
        let state = accepted.released(at, Some(stopped_at));
        Application { coupon_number: self.coupon_number, version: self.version + 1, state }
    }

    /// Rejects the application.
    pub fn reject(self, rejected_at: Timestamp) -> Application<Rejected> {
        let Stopped { accepted, stopped_at } = self.state;
        let state = Rejected { accepted, stopped_at: Some(stopped_at), rejected_at };
        Application { coupon_number: self.coupon_number, version: self.version + 1, state }
    }
}

impl AnyApplication {
    /// The coupon number of the certificate to replace.
    pub fn coupon_number(&self) -> &CouponNumber {
        match self {
            Self::Draft(application) => &application.coupon_number,
            Self::Confirmed(application) => &application.coupon_number,
            Self::Accepted(application) => &application.coupon_number,
            Self::PickedUp(application) => &application.coupon_number,
            Self::Expired(application) => &application.coupon_number,
            Self::Stopped(application) => &application.coupon_number,
            Self::Rejected(application) => &application.coupon_number,
        }
    }

    pub fn version(&self) -> u64 {
        match self {
            Self::Draft(application) => application.version,
            Self::Confirmed(application) => application.version,
            Self::Accepted(application) => application.version,
            Self::PickedUp(application) => application.version,
            Self::Expired(application) => application.version,
            Self::Stopped(application) => application.version,
            Self::Rejected(application) => application.version,
        }
    }

    pub fn fields(&self) -> &ApplicationFields {
        match self {
            Self::Draft(application) => &application.state.fields,
            Self::Confirmed(application) => application.state.fields.as_fields(),
            Self::Accepted(application) => application.state.fields.as_fields(),
            Self::PickedUp(application) => application.state.accepted.fields.as_fields(),
            Self::Expired(application) => application.state.accepted.fields.as_fields(),
            Self::Stopped(application) => application.state.accepted.fields.as_fields(),
            Self::Rejected(application) => application.state.accepted.fields.as_fields(),
        }
    }

    /// Returns the receipt, or `None` before acceptance.
    pub fn receipt(&self) -> Option<Receipt<'_>> {
        let (coupon_number, version) = (self.coupon_number(), self.version());
        match self {
            Self::Draft(_) | Self::Confirmed(_) => None,
            Self::Accepted(application) => Some(application.receipt()),
            Self::PickedUp(application) => {
                let PickedUp { accepted, picked_up_at, issued } = &application.state;
                let outcome = Outcome::PickedUp { at: *picked_up_at, issued };
                Some(Receipt { coupon_number, version, accepted, outcome })
            }
            Self::Expired(application) => {
                let Expired { accepted, expired_at } = &application.state;
                Some(Receipt {
                    coupon_number,
                    version,
                    accepted,
                    outcome: Outcome::Expired { at: *expired_at },
                })
            }
            Self::Stopped(application) => {
                let Stopped { accepted, stopped_at } = &application.state;
                Some(Receipt {
                    coupon_number,
                    version,
                    accepted,
                    outcome: Outcome::Stopped { at: *stopped_at },
                })
            }
            Self::Rejected(application) => {
                let Rejected { accepted, stopped_at, rejected_at } = &application.state;
                let outcome = Outcome::Rejected { at: *rejected_at, stopped_at: *stopped_at };
                Some(Receipt { coupon_number, version, accepted, outcome })
            }
        }
    }
}
