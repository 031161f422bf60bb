//! `find`: finds a certificate and its application by a number that a subscriber reads out on the telephone.

use std::io::{self, Write};

use serde_json::{Value, json};
use shared::{
    domain::{
        application::{AnyApplication, ApplicationId, Outcome as PickUpOutcome},
        certificate::Certificate,
    },
    store::Store,
};

use crate::{
    Fault, Outcome,
    arguments::{Find, Readings},
    target::Target,
};

pub(crate) async fn find(target: &impl Target, arguments: &Find) -> Result<Outcome, Fault> {
    let store = target.store().await?;
    let found = first_found(&store, &arguments.number).await?;
    let (id, certificate, application) = found.ok_or("no certificate or application has this number")?;
    writeln!(io::stdout(), "{}", describe(&id, &certificate, application.as_ref()))?;
    Ok(Outcome::Done)
}

/// Tries the possible meanings of the number in order, and returns the first records found.
pub(crate) async fn first_found(
    store: &Store,
    Readings(readings): &Readings,
) -> Result<Option<(ApplicationId, Certificate, Option<AnyApplication>)>, Fault> {
    for number in readings {
        if let Some(id) = store.find(number).await?
            && let Some((certificate, application)) = store.certificate(&id).await?
        {
            return Ok(Some((id, certificate, application)));
        }
    }
    Ok(None)
}

/// Returns the records as JSON, without personal data.
fn describe(id: &ApplicationId, certificate: &Certificate, application: Option<&AnyApplication>) -> Value {
    json!({
        "enrollment": id.enrollment,
        "couponNumber": id.coupon_number,
        "certificate": certificate.state,
        "application": application.map(describe_application),
    })
}

fn describe_application(application: &AnyApplication) -> Value {
    let Some(receipt) = application.receipt() else {
        return json!({ "state": "notSubmitted" });
    };
    let new_certificate = receipt.issued().map(|issued| &issued.coupon_number);
    json!({
        "state": state_name(receipt.outcome),
        "receiptNumber": receipt.accepted.receipt_number,
        "newCouponNumber": new_certificate,
    })
}

/// Returns the name of the state of an accepted application.
pub(crate) fn state_name(outcome: PickUpOutcome<'_>) -> &'static str {
    match outcome {
        PickUpOutcome::Waiting => "accepted",
        PickUpOutcome::PickedUp { .. } => "pickedUp",
        PickUpOutcome::Expired { .. } => "expired",
        PickUpOutcome::Stopped { .. } => "stopped",
        PickUpOutcome::Rejected { .. } => "rejected",
    }
}
