//! Parts shared by several response bodies, with the member names from `infra/openapi.yaml`.

use serde::Serialize;

use super::{
    fields::{FieldsView, FixedFieldsView},
    names,
    problem::retry_at,
};
use domain::{
    Timestamp,
    application::{AddressChangeHold, AddressCorrection, AnyApplication, Outcome, Receipt},
    certificate::{Certificate, CertificateState},
    contact::EmailAddress,
    delivery::{DeliveryKind, LatestMail},
    revocation::{Listing, RevocationTiming},
    session::{Session, Step},
};

/// The session's expiry time without further activity, and its latest possible end.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionEnds {
    expires_at: String,
    ends_at: String,
}

impl From<&Session> for SessionEnds {
    fn from(session: &Session) -> Self {
        Self { expires_at: session.expires_at().to_rfc3339(), ends_at: session.absolute_until.to_rfc3339() }
    }
}

/// A session and the subscriber's next step.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionStarted {
    session: SessionEnds,
    next_step: &'static str,
}

impl SessionStarted {
    pub fn new(session: &Session, next_step: Step) -> Self {
        Self { session: session.into(), next_step: names::step(next_step) }
    }
}

/// A row in the certificate table of step 2.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateSummary<'a> {
    coupon_number: &'a str,
    not_before: String,
    not_after: String,
    subscriber_name: &'a str,
    organization_name: &'a str,
    company_code: &'a str,
}

impl<'a> From<&'a Certificate> for CertificateSummary<'a> {
    fn from(certificate: &'a Certificate) -> Self {
        Self {
            coupon_number: certificate.coupon_number.as_str(),
            not_before: certificate.validity.not_before().to_rfc3339(),
            not_after: certificate.validity.not_after().to_rfc3339(),
            subscriber_name: certificate.fixed.subscriber_name_ja.as_str(),
            organization_name: certificate.fixed.organization_name_ja.as_str(),
            company_code: certificate.fixed.company_code.as_str(),
        }
    }
}

/// The time at which the old certificate would be revoked if the application were accepted now.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RevocationRule {
    timing: &'static str,
    latest_at: Option<String>,
}

impl RevocationRule {
    pub fn new(timing: RevocationTiming, now: Timestamp) -> Self {
        Self { timing: names::timing(timing), latest_at: timing.latest(now).map(Timestamp::to_rfc3339) }
    }
}

/// The consequences of a changed email address if the application were submitted now.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AddressChange {
    hold_minutes: Option<u16>,
}

impl AddressChange {
    /// Returns the consequences, or `None` if the application names the certificate's address.
    fn new(certificate: &Certificate, application: &AnyApplication, hold: AddressChangeHold) -> Option<Self> {
        let is_changed = application.fields().email_address.is_other_mailbox(certificate.email_address());
        let hold_minutes = match hold {
            AddressChangeHold::Minutes(minutes) => Some(minutes),
            AddressChangeHold::Officer => None,
        };
        is_changed.then_some(Self { hold_minutes })
    }
}

/// The settings of the deployment that steps 4 and 5 show.
#[derive(Clone, Copy, Debug)]
pub struct ShownSettings {
    pub timing: RevocationTiming,
    pub hold: AddressChangeHold,
}

/// The application and the other data shown in steps 4 and 5.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationPage<'a> {
    session: SessionEnds,
    next_step: &'static str,
    coupon_number: &'a str,
    version: u64,
    certificate: CertificateSummary<'a>,
    fixed: FixedFieldsView<'a>,
    fields: FieldsView<'a>,
    revocation: RevocationRule,
    address_change: Option<AddressChange>,
}

impl<'a> ApplicationPage<'a> {
    pub fn new(
        session: &Session,
        step: Step,
        certificate: &'a Certificate,
        application: &'a AnyApplication,
        settings: ShownSettings,
        now: Timestamp,
    ) -> Self {
        Self {
            session: session.into(),
            next_step: names::step(step),
            coupon_number: certificate.coupon_number.as_str(),
            version: application.version(),
            certificate: certificate.into(),
            fixed: FixedFieldsView(&certificate.fixed),
            fields: FieldsView(application.fields()),
            revocation: RevocationRule::new(settings.timing, now),
            address_change: AddressChange::new(certificate, application, settings.hold),
        }
    }
}

/// An accepted application and the events since its acceptance.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptView<'a> {
    receipt_number: &'a str,
    version: u64,
    accepted_at: String,
    coupon_number: &'a str,
    common_name: &'a str,
    serial_number: String,
    revocation: ReceiptRevocation,
    state: &'static str,
    mail: ReceiptMail,
    timeline: Vec<TimelineEvent>,
    resend: ReceiptResend,
    correction: ReceiptCorrection,
    pick_up: ReceiptPickUp<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptRevocation {
    timing: &'static str,
    revoked_at: Option<String>,
    latest_at: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptMail {
    masked_address: String,
    held_until: Option<String>,
    expected_by: Option<String>,
    sent_at: Option<String>,
    code_expires_at: Option<String>,
    state: &'static str,
    bounce: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TimelineEvent {
    event: &'static str,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    crl: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crl_number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    masked_address: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptResend {
    possible: bool,
    reason: Option<&'static str>,
    not_before: Option<String>,
    remaining: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptCorrection {
    possible: bool,
    reason: Option<&'static str>,
    remaining: usize,
    identity_check_until: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptPickUp<'a> {
    until: String,
    picked_up_at: Option<String>,
    coupon_number: Option<&'a str>,
}

impl<'a> ReceiptView<'a> {
    /// Creates the view of the receipt as of `now`, for the application that replaces `certificate`. `listing`
    /// identifies the first CRL that listed the certificate, if any. `session` is the session that requested the
    /// receipt, or `None` in the response to the submission.
    pub fn new(
        receipt: Receipt<'a>,
        certificate: &'a Certificate,
        listing: Option<Listing>,
        session: Option<&Session>,
        now: Timestamp,
    ) -> Self {
        let accepted = receipt.accepted;
        let revoked_at = revoked_at(certificate);
        Self {
            receipt_number: accepted.receipt_number.as_str(),
            version: receipt.version,
            accepted_at: accepted.accepted_at.to_rfc3339(),
            coupon_number: certificate.coupon_number.as_str(),
            common_name: certificate.common_name.as_str(),
            serial_number: certificate.serial_number.to_colon_hex(),
            revocation: ReceiptRevocation {
                timing: names::timing(accepted.timing),
                revoked_at: revoked_at.map(Timestamp::to_rfc3339),
                latest_at: accepted.timing.latest(accepted.accepted_at).map(Timestamp::to_rfc3339),
            },
            state: names::outcome(receipt.outcome),
            mail: ReceiptMail::new(receipt, now),
            timeline: timeline(receipt, revoked_at, listing),
            resend: ReceiptResend::new(receipt, now),
            correction: ReceiptCorrection::new(receipt, session, now),
            pick_up: ReceiptPickUp::new(receipt),
        }
    }
}

impl ReceiptMail {
    fn new(receipt: Receipt<'_>, now: Timestamp) -> Self {
        let accepted = receipt.accepted;
        let hold = accepted.active_hold(now).filter(|_| receipt.outcome == Outcome::Waiting);
        let sent = accepted.mailed_code.as_ref().filter(|code| code.sent_at.is_some());
        let (state, bounce) = match receipt.latest_mail() {
            _ if hold.is_some() => ("held", None),
            LatestMail::Waiting => ("waiting", None),
            LatestMail::Sent => ("sent", None),
            LatestMail::Reported(outcome) => (names::mail_state(outcome.kind()), names::bounce(outcome)),
        };
        Self {
            masked_address: accepted.fields.email_address().masked(),
            held_until: hold.and_then(|hold| hold.until).map(Timestamp::to_rfc3339),
            expected_by: accepted.mail_expected_by().map(Timestamp::to_rfc3339),
            sent_at: sent.and_then(|code| code.sent_at).map(Timestamp::to_rfc3339),
            code_expires_at: sent.map(|code| code.expires_at.to_rfc3339()),
            state,
            bounce,
        }
    }
}

impl ReceiptResend {
    fn new(receipt: Receipt<'_>, now: Timestamp) -> Self {
        let refused = receipt.check_resend(now).err();
        let not_before = refused.and_then(retry_at).map(Timestamp::to_rfc3339);
        Self {
            possible: refused.is_none(),
            reason: refused.map(names::no_resend),
            not_before,
            remaining: receipt.resends_left(),
        }
    }
}

impl ReceiptCorrection {
    fn new(receipt: Receipt<'_>, session: Option<&Session>, now: Timestamp) -> Self {
        let refused = receipt.check_correction(now).err();
        let until = session.and_then(|session| session.new_check_until(receipt.accepted, now));
        Self {
            possible: refused.is_none(),
            reason: refused.map(names::no_correction),
            remaining: receipt.corrections_left(),
            identity_check_until: until.map(Timestamp::to_rfc3339),
        }
    }
}

impl<'a> ReceiptPickUp<'a> {
    fn new(receipt: Receipt<'a>) -> Self {
        let picked_up_at = match receipt.outcome {
            Outcome::PickedUp { at, .. } => Some(at.to_rfc3339()),
            Outcome::Waiting
            | Outcome::Expired { .. }
            | Outcome::Stopped { .. }
            | Outcome::Rejected { .. } => None,
        };
        Self {
            until: receipt.accepted.ends_at().to_rfc3339(),
            picked_up_at,
            coupon_number: receipt.issued().map(|issued| issued.coupon_number.as_str()),
        }
    }
}

/// Returns the application's events in chronological order.
fn timeline(
    receipt: Receipt<'_>,
    revoked_at: Option<Timestamp>,
    listing: Option<Listing>,
) -> Vec<TimelineEvent> {
    let accepted = receipt.accepted;
    let mut events = vec![(accepted.accepted_at, TimelineEvent::new("accepted", accepted.accepted_at))];
    events.extend(revoked_at.map(|at| (at, TimelineEvent::new("revoked", at))));
    events.extend(listing.map(|listing| (listing.at, TimelineEvent::listed(listing))));
    let corrected = |correction: &AddressCorrection| {
        (correction.at, TimelineEvent::new("addressCorrected", correction.at))
    };
    let mut corrections = accepted.corrections.iter().peekable();
    for (position, at) in accepted.codes_sent.iter().enumerate() {
        while let Some(correction) =
            corrections.next_if(|correction| accepted.codes_sent_before(correction) <= position)
        {
            events.push(corrected(correction));
        }
        let address = accepted.address_of_email(position);
        events.push((*at, TimelineEvent::of_mail("codeSent", *at, address)));
    }
    events.extend(corrections.map(corrected));
    events.extend(accepted.deliveries.iter().map(|delivery| {
        let event = match delivery.outcome.kind() {
            DeliveryKind::Delayed => "codeDelayed",
            DeliveryKind::Delivered => "codeDelivered",
            DeliveryKind::Bounced => "codeBounced",
            DeliveryKind::Complained => "codeComplained",
        };
        let address = accepted.address_of_code(delivery.send_number);
        (delivery.at, TimelineEvent::of_mail(event, delivery.at, address))
    }));
    for release in &accepted.releases {
        events.extend(release.stopped_at.map(|at| (at, TimelineEvent::new("stopped", at))));
        events.push((release.at, TimelineEvent::new("released", release.at)));
    }
    match receipt.outcome {
        Outcome::Waiting => {}
        Outcome::Stopped { at } => events.push((at, TimelineEvent::new("stopped", at))),
        Outcome::Rejected { at, stopped_at } => {
            events.extend(stopped_at.map(|at| (at, TimelineEvent::new("stopped", at))));
            events.push((at, TimelineEvent::new("rejected", at)));
        }
        Outcome::PickedUp { at, .. } => events.push((at, TimelineEvent::new("pickedUp", at))),
        Outcome::Expired { at } => events.push((at, TimelineEvent::new("expired", at))),
    }
    // The sort is stable, so simultaneous events keep the order in which they were added.
    events.sort_by_key(|(at, _)| *at);
    events.into_iter().map(|(_, event)| event).collect()
}

impl TimelineEvent {
    fn new(event: &'static str, at: Timestamp) -> Self {
        Self { event, at: at.to_rfc3339(), crl: None, crl_number: None, masked_address: None }
    }

    fn of_mail(event: &'static str, at: Timestamp, address: &EmailAddress) -> Self {
        Self { masked_address: Some(address.masked()), ..Self::new(event, at) }
    }

    fn listed(listing: Listing) -> Self {
        Self {
            crl: Some(listing.scope.to_string()),
            crl_number: Some(listing.number),
            ..Self::new("listed", listing.at)
        }
    }
}

pub(super) fn revoked_at(certificate: &Certificate) -> Option<Timestamp> {
    match certificate.state {
        CertificateState::Revoked { at, .. } => Some(at),
        CertificateState::Active => None,
    }
}
