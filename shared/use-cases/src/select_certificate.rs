//! Step 3: selects the certificate and records that the subscriber acknowledged the warning.

use crate::{
    refusal::{Failure, InputLocation, InvalidField, Refusal},
    session_context::SessionContext,
};
use domain::{
    Timestamp,
    application::Application,
    fields::Rule,
    numbers::CouponNumber,
    session::{Session, SessionToken},
    session_limits::LimitedRequest,
};
use store::{Store, StoreError};

/// Selects the certificate with `coupon_number` in the session. If no application exists, creates a draft that is
/// pre-filled from the certificate's record. Returns the updated session.
///
/// # Errors
///
/// Returns [`Refusal::InvalidFields`] if the warning was not acknowledged, [`Refusal::SessionEnded`],
/// [`Refusal::SessionLimitReached`], or any error of [`SessionContext::reissuable_certificate`]. Returns
/// [`Failure::Store`] if the store fails.
pub async fn select_certificate(
    store: &Store,
    token: &SessionToken,
    coupon_number: &CouponNumber,
    acknowledged: bool,
    now: Timestamp,
) -> Result<Session, Failure> {
    let context = SessionContext::open_before_submission(store, token, now).await?;
    context.check_limit(LimitedRequest::Selection)?;
    let certificate = context.reissuable_certificate(coupon_number, now)?;
    if !acknowledged {
        let missing = InvalidField { location: InputLocation::Acknowledgement, rule: Rule::NotAcknowledged };
        return Err(Refusal::InvalidFields(vec![missing]).into());
    }
    let draft = match context.records.application(coupon_number) {
        Some(_) => None,
        None => Some(Application::prefilled(coupon_number.clone(), certificate.application.clone())),
    };
    match store.select_certificate(token, coupon_number, draft, now).await {
        Ok(()) => Ok(context.session.extended(now)),
        Err(StoreError::Conflict(_)) => selected_meanwhile(store, token, coupon_number, now).await,
        Err(error) => Err(error.into()),
    }
}

/// Selects the certificate after a request from another window has created the draft. Updates only the session.
async fn selected_meanwhile(
    store: &Store,
    token: &SessionToken,
    coupon_number: &CouponNumber,
    now: Timestamp,
) -> Result<Session, Failure> {
    let context = SessionContext::open_before_submission(store, token, now).await?;
    context.check_limit(LimitedRequest::Selection)?;
    context.reissuable_certificate(coupon_number, now)?;
    store.select_certificate(token, coupon_number, None, now).await?;
    Ok(context.session.extended(now))
}
