//! Sessions.

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::ReturnValue};
use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    database::unavailable,
    expression::{Condition, Placeholders, Update, differs, equals, greater, is_new},
    item::{Item, from_item, number, text},
    key::{Key, RowKind},
    write::Write,
};
use domain::{
    Timestamp,
    numbers::CouponNumber,
    receipt::ReceiptNumber,
    session::{IDLE_LIMIT, Session, SessionId, SessionToken},
};

/// The row of a session.
#[derive(Serialize, Deserialize)]
struct SessionRow {
    session_id: SessionId,
    ttl: Timestamp,
    #[serde(flatten)]
    session: Session,
}

impl Store {
    /// Extends the session's idle time and returns the session. Returns `None` when it has ended.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn extend_session(
        &self,
        token: &SessionToken,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let mut placeholders = Placeholders::default();
        let (condition, update) = (placeholders.condition(is_live(now)), placeholders.update(extension(now)));
        let answer = self
            .client
            .update_item()
            .table_name(&self.tables.registry)
            .set_key(Some(key(token).to_item()))
            .condition_expression(condition)
            .update_expression(update)
            .set_expression_attribute_names(placeholders.names())
            .set_expression_attribute_values(placeholders.values())
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match answer {
            Ok(answer) => answer.attributes.map(read).transpose(),
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// Deletes the session. Succeeds if there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn end_session(&self, token: &SessionToken) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.registry)
            .set_key(Some(key(token).to_item()))
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable(&error))
    }
}

pub(crate) fn read(row: Item) -> Result<Session, StoreError> {
    Ok(from_item::<SessionRow>(row)?.session)
}

/// Creates the session.
pub(crate) fn create(token: &SessionToken, session: &Session) -> Result<Write, StoreError> {
    let row = SessionRow { session_id: token.id(), ttl: session.absolute_until, session: session.clone() };
    Write::put(key(token), &row, is_new())
}

/// Selects a certificate, unless an application was submitted.
pub(crate) fn select(token: &SessionToken, coupon_number: &CouponNumber, now: Timestamp) -> Write {
    let selection = extension(now)
        .and_set("progress", text("selected"))
        .and_set("couponNumber", text(coupon_number.as_str()))
        .and_set("acknowledgedAt", number(now));
    Write::update(key(token), selection, is_live(now).and(differs("progress", text("submitted"))))
}

/// Extends the session, which must have selected this certificate.
pub(crate) fn extend(token: &SessionToken, selected: &CouponNumber, now: Timestamp) -> Write {
    Write::update(key(token), extension(now), is_live(now).and(has_selected(selected)))
}

/// Ends the steps with this receipt. The session must have selected this certificate.
pub(crate) fn submit(
    token: &SessionToken,
    selected: &CouponNumber,
    receipt_number: &ReceiptNumber,
    now: Timestamp,
) -> Write {
    let submitted =
        Update::set("progress", text("submitted")).and_set("receiptNumber", text(receipt_number.as_str()));
    Write::update(key(token), submitted, is_live(now).and(has_selected(selected)))
}

fn key(token: &SessionToken) -> Key {
    Key::one_in_enrollment(RowKind::Session, token.enrollment(), token.id().as_str())
}

/// The condition that the session has not ended.
fn is_live(now: Timestamp) -> Condition {
    greater("idle_until", now).and(greater("absolute_until", now))
}

fn has_selected(coupon_number: &CouponNumber) -> Condition {
    let selected = equals("progress", text("selected"));
    selected.and(equals("couponNumber", text(coupon_number.as_str())))
}

/// The update that restarts the idle time.
fn extension(now: Timestamp) -> Update {
    Update::set("idle_until", number(now.plus(IDLE_LIMIT)))
}
