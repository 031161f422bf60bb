//! `applications`: shows, releases and rejects an application whose email address was changed.

use std::io::{self, Write};

use serde_json::{Value, json};
use shared::{
    domain::{
        Timestamp,
        application::{AnyApplication, ApplicationId, Outcome as PickUpOutcome, Receipt},
        audit::Officer,
        certificate::Certificate,
    },
    wiring,
};

use crate::{
    Fault, Outcome,
    arguments::{ApplicationDecision, ApplicationNumber},
    find::{first_found, state_name},
    target::Target,
};

pub(crate) async fn show(target: &impl Target, arguments: &ApplicationNumber) -> Result<Outcome, Fault> {
    let (_, certificate, application) = found(target, arguments).await?;
    let receipt = application.receipt().ok_or(NOT_SUBMITTED)?;
    writeln!(io::stdout(), "{}", describe(receipt, &certificate))?;
    Ok(Outcome::Done)
}

pub(crate) async fn release(target: &impl Target, arguments: &ApplicationDecision) -> Result<Outcome, Fault> {
    let (id, ..) = found(target, &arguments.application).await?;
    wiring::decide_application(target).await?.release(&id, &officer(arguments)).await?;
    writeln!(io::stdout(), "released; a new certificate code is sent")?;
    Ok(Outcome::Done)
}

pub(crate) async fn reject(target: &impl Target, arguments: &ApplicationDecision) -> Result<Outcome, Fault> {
    let (id, ..) = found(target, &arguments.application).await?;
    wiring::decide_application(target).await?.reject(&id, &officer(arguments)).await?;
    writeln!(io::stdout(), "rejected; the registered mailbox is notified")?;
    Ok(Outcome::Done)
}

const NOT_SUBMITTED: &str = "no submitted application has this number";

async fn found(
    target: &impl Target,
    arguments: &ApplicationNumber,
) -> Result<(ApplicationId, Certificate, AnyApplication), Fault> {
    let found = first_found(&target.store().await?, &arguments.number).await?;
    let (id, certificate, application) = found.ok_or(NOT_SUBMITTED)?;
    Ok((id, certificate, application.ok_or(NOT_SUBMITTED)?))
}

fn officer(arguments: &ApplicationDecision) -> Officer {
    Officer { name: arguments.officer.clone(), reason: arguments.reason.clone() }
}

/// Returns the application as JSON, with masked addresses.
fn describe(receipt: Receipt<'_>, certificate: &Certificate) -> Value {
    let accepted = receipt.accepted;
    let (stopped_at, rejected_at) = match receipt.outcome {
        PickUpOutcome::Stopped { at } => (Some(at), None),
        PickUpOutcome::Rejected { at, stopped_at } => (stopped_at, Some(at)),
        PickUpOutcome::Waiting | PickUpOutcome::PickedUp { .. } | PickUpOutcome::Expired { .. } => {
            (None, None)
        }
    };
    let releases: Vec<_> = accepted
        .releases
        .iter()
        .map(|release| json!({ "at": time(release.at), "stoppedAt": release.stopped_at.map(time) }))
        .collect();
    let hold = accepted.address_hold.map(|hold| match hold.until {
        Some(until) => time(until),
        None => json!("officer"),
    });
    json!({
        "receiptNumber": accepted.receipt_number,
        "couponNumber": receipt.coupon_number,
        "state": state_name(receipt.outcome),
        "registeredAddress": certificate.email_address().masked(),
        "address": accepted.fields.email_address().masked(),
        "acceptedAt": time(accepted.accepted_at),
        "endsAt": time(accepted.ends_at()),
        "correctedAt": accepted.corrections.iter().map(|correction| time(correction.at)).collect::<Vec<_>>(),
        "heldUntil": hold,
        "codesSentAt": accepted.codes_sent.iter().copied().map(time).collect::<Vec<_>>(),
        "stoppedAt": stopped_at.map(time),
        "releases": releases,
        "rejectedAt": rejected_at.map(time),
    })
}

fn time(at: Timestamp) -> Value {
    json!(at.to_rfc3339())
}
