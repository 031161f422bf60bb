//! Step 3: the certificate is chosen and the warning acknowledged.

use crate::{
    open_case::OpenCase,
    refusal::{Failure, InvalidField, Refusal},
};
use domain::{
    Timestamp,
    application::Application,
    fields::Rule,
    numbers::CouponNumber,
    session::{Session, SessionToken},
};
use store::{Store, StoreError};

/// Moves the session on to the certificate with `coupon_number` and makes a draft, pre-filled from the
/// certificate's record, unless there is one already. Gives the session as it is then.
///
/// # Errors
///
/// [`Refusal::InvalidFields`] without the acknowledgement, those of [`OpenCase::reissuable_certificate`],
/// [`Refusal::SessionEnded`], or a failure of the records.
pub async fn select_certificate(
    store: &Store,
    token: &SessionToken,
    coupon_number: &CouponNumber,
    acknowledged: bool,
    now: Timestamp,
) -> Result<Session, Failure> {
    let case = OpenCase::open_before_submission(store, token, now).await?;
    let certificate = case.reissuable_certificate(coupon_number, now)?;
    if !acknowledged {
        let missing = InvalidField::in_api("", "acknowledged", Rule::NotAcknowledged);
        return Err(Refusal::InvalidFields(vec![missing]).into());
    }
    let draft = match case.file.application(coupon_number) {
        Some(_) => None,
        None => Some(Application::prefilled(coupon_number.clone(), certificate.application.clone())),
    };
    match store.select_certificate(token, coupon_number, draft, now).await {
        Ok(()) => Ok(case.session.extended(now)),
        Err(StoreError::Conflict(_)) => selected_meanwhile(store, token, coupon_number, now).await,
        Err(error) => Err(error.into()),
    }
}

/// The same step in another window made the draft first: then only the session is left to move.
async fn selected_meanwhile(
    store: &Store,
    token: &SessionToken,
    coupon_number: &CouponNumber,
    now: Timestamp,
) -> Result<Session, Failure> {
    let case = OpenCase::open_before_submission(store, token, now).await?;
    case.reissuable_certificate(coupon_number, now)?;
    store.select_certificate(token, coupon_number, None, now).await?;
    Ok(case.session.extended(now))
}
