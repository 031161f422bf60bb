//! The response body of the stop of an application, with the member names from `infra/openapi.yaml`.

use serde::Serialize;

use super::names;
use domain::{
    Timestamp,
    application::{Outcome, Receipt},
};

/// The application to which a stop code belongs. The email address is masked, because the code proves control of
/// another mailbox.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StopView<'a> {
    receipt_number: &'a str,
    coupon_number: &'a str,
    accepted_at: String,
    masked_address: String,
    state: &'static str,
    since: Option<String>,
}

impl<'a> StopView<'a> {
    /// Creates the view of the application with this receipt.
    pub fn new(receipt: Receipt<'a>) -> Self {
        let since = match receipt.outcome {
            Outcome::Waiting => None,
            Outcome::PickedUp { at, .. }
            | Outcome::Expired { at }
            | Outcome::Stopped { at }
            | Outcome::Rejected { at, .. } => Some(at),
        };
        Self {
            receipt_number: receipt.accepted.receipt_number.as_str(),
            coupon_number: receipt.coupon_number.as_str(),
            accepted_at: receipt.accepted.accepted_at.to_rfc3339(),
            masked_address: receipt.accepted.fields.email_address().masked(),
            state: names::outcome(receipt.outcome),
            since: since.map(Timestamp::to_rfc3339),
        }
    }
}
