//! Step 4: saves the entered application.

use crate::{
    refusal::{Failure, InputLocation, InvalidField, Refusal},
    session_context::SessionContext,
};
use domain::{
    Timestamp,
    application::{Application, ApplicationFieldsInput, CompleteFields, Confirmed, FixedFieldsInput},
    fields::Rule,
    numbers::CouponNumber,
    session::SessionToken,
    session_limits::LimitedRequest,
};
use store::{Store, StoreError};

/// The entered application, as sent by the client.
#[derive(Default)]
pub struct ApplicationInput {
    /// The coupon number of the certificate shown on the page.
    pub coupon_number: Option<CouponNumber>,
    /// The application version shown on the page.
    pub version: Option<u64>,
    /// The fixed fields, if the client sent them.
    pub fixed: FixedFieldsInput,
    pub fields: ApplicationFieldsInput,
}

/// Replaces the fields of the application version shown on the page, and returns the new version. A successful save
/// makes a single store call.
///
/// # Errors
///
/// Returns [`Refusal::InvalidFields`] with every invalid field, and [`Refusal::ApplicationChanged`] if the application
/// has changed since it was shown. Returns [`Refusal::StepOutOfOrder`], [`Refusal::SessionEnded`],
/// [`Refusal::SessionLimitReached`] or [`Refusal::AlreadySubmitted`] if the session is in another state. Returns
/// [`Failure::Store`] if the store fails.
pub async fn save_application(
    store: &Store,
    token: &SessionToken,
    input: &ApplicationInput,
    now: Timestamp,
) -> Result<Application<Confirmed>, Failure> {
    let (coupon_number, shown_version) =
        coupon_number_and_version(input.coupon_number.as_ref(), input.version)?;
    let fields = match CompleteFields::parse(&input.fields) {
        Ok(fields) => fields,
        Err(errors) => {
            // The refusal for an ended session or a wrong step takes precedence over invalid fields.
            still_as_shown(store, token, coupon_number, shown_version, &input.fixed, now).await?;
            let invalid = errors.into_iter().map(InvalidField::application_field).collect();
            return Err(Refusal::InvalidFields(invalid).into());
        }
    };
    let application = Application::entered(coupon_number.clone(), shown_version, fields);
    match store.save_application(token, &application, shown_version, &input.fixed, now).await {
        Ok(()) => {
            telemetry::concerns(&application.coupon_number);
            Ok(application)
        }
        Err(StoreError::Conflict(_)) => {
            still_as_shown(store, token, coupon_number, shown_version, &input.fixed, now).await?;
            Err(Refusal::ApplicationChanged.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Returns the coupon number and the version, which together identify an application's state.
///
/// # Errors
///
/// Returns [`Refusal::InvalidFields`] if one of the values is missing.
pub fn coupon_number_and_version(
    coupon_number: Option<&CouponNumber>,
    version: Option<u64>,
) -> Result<(&CouponNumber, u64), Refusal> {
    match (coupon_number, version) {
        (Some(coupon_number), Some(version)) => Ok((coupon_number, version)),
        (coupon_number, version) => {
            let missing = [
                (InputLocation::CouponNumber, coupon_number.is_none()),
                (InputLocation::Version, version.is_none()),
            ];
            let invalid = missing
                .into_iter()
                .filter(|(_, is_missing)| *is_missing)
                .map(|(location, _)| InvalidField { location, rule: Rule::Required });
            Err(Refusal::InvalidFields(invalid.collect()))
        }
    }
}

async fn still_as_shown(
    store: &Store,
    token: &SessionToken,
    coupon_number: &CouponNumber,
    shown_version: u64,
    fixed: &FixedFieldsInput,
    now: Timestamp,
) -> Result<(), Failure> {
    let context = SessionContext::open_before_submission(store, token, now).await?;
    context.check_limit(LimitedRequest::Save)?;
    let (certificate, application) = context.selected(now)?;
    let differing = fixed.differing_from(&certificate.fixed);
    if !differing.is_empty() {
        let invalid = differing.into_iter().map(InvalidField::fixed_field).collect();
        return Err(Refusal::InvalidFields(invalid).into());
    }
    if certificate.coupon_number == *coupon_number && application.version() == shown_version {
        Ok(())
    } else {
        Err(Refusal::ApplicationChanged.into())
    }
}
