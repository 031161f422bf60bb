//! Application records.

use super::{application_row::ApplicationRow, certificate};
use crate::{
    Store, StoreError,
    expression::{Condition, Update, absent, equals, has_size, is_new, is_stored, one_of},
    item::{Item, from_item, number, text, to_attribute},
    key::{Key, RowKind},
    write::Write,
};
use domain::{
    Timestamp,
    application::{
        Accepted, AnyApplication, Application, ApplicationId, Confirmed, Draft, Expired, IssuanceClaim,
        MailedCode, PickedUp, Rejected, Stopped,
    },
    certificate::Certificate,
    delivery::Deliveries,
};

impl Store {
    /// Returns the certificate and the application for its reissue, if any.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn certificate(
        &self,
        id: &ApplicationId,
    ) -> Result<Option<(Certificate, Option<AnyApplication>)>, StoreError> {
        let (certificate, application) = (certificate::key(id), key(id));
        let mut rows = self.rows(&[certificate.clone(), application.clone()]).await?;
        let Some(certificate) = rows.take(&certificate) else { return Ok(None) };
        Ok(Some((from_item(certificate)?, rows.take(&application).map(read).transpose()?)))
    }

    /// Returns the application and the certificate that it replaces.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn application(
        &self,
        id: &ApplicationId,
    ) -> Result<Option<(AnyApplication, Certificate)>, StoreError> {
        let found = self.certificate(id).await?;
        Ok(found.and_then(|(certificate, application)| Some((application?, certificate))))
    }
}

pub(crate) fn key(ApplicationId { enrollment, coupon_number }: &ApplicationId) -> Key {
    Key::one_in_enrollment(RowKind::Application, enrollment, coupon_number)
}

pub(crate) fn read(row: Item) -> Result<AnyApplication, StoreError> {
    Ok(from_item::<ApplicationRow>(row)?.into())
}

pub(crate) fn create(id: &ApplicationId, draft: Application<Draft>) -> Result<Write, StoreError> {
    Write::put(key(id), &ApplicationRow::from(AnyApplication::Draft(draft)), is_new())
}

/// Replaces the application's fields. The stored application must have the version `shown_version` and must not have
/// been accepted.
pub(crate) fn enter(
    id: &ApplicationId,
    application: &Application<Confirmed>,
    shown_version: u64,
) -> Result<Write, StoreError> {
    let unchanged = equals("version", to_attribute(&shown_version)?);
    let update = Update::set("version", to_attribute(&application.version)?)
        .and_set("state", text("confirmed"))
        .and_set("fields", to_attribute(&application.state.fields)?);
    let condition = unchanged.and(one_of("state", [text("draft"), text("confirmed")]));
    Ok(Write::update(key(id), update, condition))
}

/// Accepts the application. The stored application must be confirmed and have the version `read_version`.
pub(crate) fn accept(
    id: &ApplicationId,
    application: &Application<Accepted>,
    read_version: u64,
) -> Result<Write, StoreError> {
    let row = ApplicationRow::from(AnyApplication::Accepted(Box::new(application.clone())));
    let confirmed = equals("state", text("confirmed")).and(equals("version", to_attribute(&read_version)?));
    Write::put(key(id), &row, confirmed)
}

/// Records a new certificate code before it is emailed. The stored code must equal `before`.
pub(crate) fn record_code(
    id: &ApplicationId,
    version: u64,
    before: Option<&MailedCode>,
    code: &MailedCode,
) -> Result<Write, StoreError> {
    let update = Update::set("mailed_code", to_attribute(code)?);
    Ok(Write::update(key(id), update, waits_with(version, before)?))
}

/// Records `now` as the time at which the email service accepted the email with the code.
pub(crate) fn record_sent(
    id: &ApplicationId,
    version: u64,
    code: &MailedCode,
    now: Timestamp,
) -> Result<Write, StoreError> {
    let sent = MailedCode { sent_at: Some(now), ..code.clone() };
    let update = Update::set("mailed_code", to_attribute(&sent)?).and_append("codes_sent", number(now));
    Ok(Write::update(key(id), update, waits_with(version, Some(code))?))
}

/// Records a request for another certificate code at the time `now`.
pub(crate) fn request_code(
    id: &ApplicationId,
    read: &Application<Accepted>,
    now: Timestamp,
) -> Result<Write, StoreError> {
    let update = Update::default().and_append("resends", number(now));
    Ok(Write::update(key(id), update, waits_as_read(read)?))
}

/// Corrects the email address. The issuance of the certificate must not have begun.
pub(crate) fn correct_address(
    id: &ApplicationId,
    before: &Application<Accepted>,
    after: &Application<Accepted>,
) -> Result<Write, StoreError> {
    let update = Update::set("fields", to_attribute(&after.state.fields)?)
        .and_set("version", to_attribute(&after.version)?)
        .and_set("mailed_code", to_attribute(&after.state.mailed_code)?)
        .and_set("corrections", to_attribute(&after.state.corrections)?)
        .and_set("address_hold", to_attribute(&after.state.address_hold)?);
    Ok(Write::update(key(id), update, waits_as_read(before)?.and(absent("claim"))))
}

/// Claims the issuance of the new certificate. `code_sha256` is the hash of the certificate code that the subscriber
/// entered. The stored claim must match `before`.
pub(crate) fn claim_issuance(
    id: &ApplicationId,
    code_sha256: &str,
    before: Option<&IssuanceClaim>,
    claim: &IssuanceClaim,
) -> Result<Write, StoreError> {
    let unclaimed = before.map_or_else(|| absent("claim"), has_claim);
    let condition = waits().and(unclaimed).and(has_code(code_sha256));
    Ok(Write::update(key(id), Update::set("claim", to_attribute(claim)?), condition))
}

/// Marks the application as picked up. The stored code hash must equal `code_sha256`, and the stored claim must match
/// `claim`.
pub(crate) fn pick_up(
    id: &ApplicationId,
    application: &Application<PickedUp>,
    code_sha256: &str,
    claim: &IssuanceClaim,
) -> Result<Write, StoreError> {
    let update = Update::set("state", text("pickedUp"))
        .and_set("version", to_attribute(&application.version)?)
        .and_set("picked_up_at", number(application.state.picked_up_at))
        .and_set("issued", to_attribute(&application.state.issued)?)
        .and_remove("claim");
    Ok(Write::update(key(id), update, waits().and(has_claim(claim)).and(has_code(code_sha256))))
}

/// Marks the application as expired. The stored version must be one less than the version of `application`.
pub(crate) fn expire(id: &ApplicationId, application: &Application<Expired>) -> Result<Write, StoreError> {
    let update = Update::set("state", text("expired"))
        .and_set("version", to_attribute(&application.version)?)
        .and_set("expired_at", number(application.state.expired_at));
    Ok(Write::update(key(id), update, waits().and(precedes(application)?)))
}

/// Stops the application. The stored version must be one less than the version of `application`.
pub(crate) fn stop(id: &ApplicationId, application: &Application<Stopped>) -> Result<Write, StoreError> {
    let update = Update::set("state", text("stopped"))
        .and_set("version", to_attribute(&application.version)?)
        .and_set("stopped_at", number(application.state.stopped_at));
    Ok(Write::update(key(id), update, waits().and(precedes(application)?)))
}

/// Releases an application that was stopped, or whose codes are held. The stored application must have the latest code
/// `before`, and its version must be one less than the version of `application`.
pub(crate) fn release(
    id: &ApplicationId,
    before: Option<&MailedCode>,
    application: &Application<Accepted>,
) -> Result<Write, StoreError> {
    let update = Update::set("state", text("accepted"))
        .and_set("version", to_attribute(&application.version)?)
        .and_set("mailed_code", to_attribute(&application.state.mailed_code)?)
        .and_set("releases", to_attribute(&application.state.releases)?)
        .and_remove("address_hold")
        .and_remove("stopped_at");
    let condition = waits_or_is_stopped().and(precedes(application)?);
    Ok(Write::update(key(id), update, condition.and(equals("mailed_code", to_attribute(&before)?))))
}

/// Rejects an application that is awaiting pick-up or was stopped. The stored version must be one less than the version
/// of `application`.
pub(crate) fn reject(id: &ApplicationId, application: &Application<Rejected>) -> Result<Write, StoreError> {
    let update = Update::set("state", text("rejected"))
        .and_set("version", to_attribute(&application.version)?)
        .and_set("rejected_at", number(application.state.rejected_at));
    Ok(Write::update(key(id), update, waits_or_is_stopped().and(precedes(application)?)))
}

/// Checks that the application is awaiting pick-up.
pub(crate) fn require_waiting(id: &ApplicationId) -> Write {
    Write::check(key(id), waits())
}

/// Replaces the delivery outcomes of the application's emails. The application may be in any state.
pub(crate) fn record_deliveries(
    id: &ApplicationId,
    before: &Deliveries,
    after: &Deliveries,
) -> Result<Write, StoreError> {
    let unchanged = absent("deliveries").or(equals("deliveries", to_attribute(before)?));
    let update = Update::set("deliveries", to_attribute(after)?);
    Ok(Write::update(key(id), update, is_stored().and(unchanged)))
}

/// Requires that the application is awaiting pick-up.
fn waits() -> Condition {
    equals("state", text("accepted"))
}

fn waits_or_is_stopped() -> Condition {
    one_of("state", [text("accepted"), text("stopped")])
}

/// Requires that the stored version is one less than the version of `application`.
fn precedes<S>(application: &Application<S>) -> Result<Condition, StoreError> {
    Ok(equals("version", to_attribute(&application.version.saturating_sub(1))?))
}

/// Requires that the application is awaiting pick-up with this version and with `code` as its latest code.
fn waits_with(version: u64, code: Option<&MailedCode>) -> Result<Condition, StoreError> {
    let condition = waits().and(equals("version", to_attribute(&version)?));
    Ok(condition.and(equals("mailed_code", to_attribute(&code)?)))
}

/// Requires that the application is awaiting pick-up and that its address and codes have not changed since `read`.
fn waits_as_read(read: &Application<Accepted>) -> Result<Condition, StoreError> {
    let resends = i64::try_from(read.state.resends.len()).unwrap_or(i64::MAX);
    let no_other_request = absent("resends").or(has_size("resends", resends));
    Ok(waits_with(read.version, read.state.mailed_code.as_ref())?.and(no_other_request))
}

fn has_claim(claim: &IssuanceClaim) -> Condition {
    equals("claim.serial_number", text(claim.serial_number.to_string()))
}

fn has_code(sha256: &str) -> Condition {
    equals("mailed_code.sha256", text(sha256))
}
