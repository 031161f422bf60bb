//! Session records.

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::ReturnValue};
use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    database::unavailable,
    expression::{Condition, Placeholders, Update, absent, differs, equals, greater, is_new, is_stored},
    item::{Item, from_item, number, text},
    key::{Key, RowKind},
    write::Write,
};
use domain::{
    MINUTE, Timestamp,
    numbers::CouponNumber,
    receipt::ReceiptNumber,
    session::{IDLE_LIMIT, Progress, Session, SessionId, SessionToken},
};

/// The time in seconds from the identity check to `absolute_until` for rows without `identified_at`. Only earlier
/// versions write rows without `identified_at`, so all of these rows expire within an hour of deploying this version.
const LIMIT_WITHOUT_CHECK_TIME: i64 = 60 * MINUTE;

#[derive(Serialize, Deserialize)]
struct SessionRow {
    session_id: SessionId,
    ttl: Timestamp,
    identified_at: Option<Timestamp>,
    idle_until: Timestamp,
    absolute_until: Timestamp,
    #[serde(default)]
    wrong_passwords: u32,
    #[serde(flatten)]
    progress: Progress,
}

impl Store {
    /// Restarts the session's idle time and returns the session. Returns `None` if the session has ended.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
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

    /// Records a wrong application password, which changes the session from `before` to `after`.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if another attempt was recorded in the meantime, or [`StoreError::Unavailable`] if
    /// the DynamoDB call fails.
    pub async fn count_wrong_password(
        &self,
        token: &SessionToken,
        before: &Session,
        after: &Session,
    ) -> Result<(), StoreError> {
        let mut update = Update::set("wrong_passwords", number(after.wrong_passwords));
        if after.idle_until != before.idle_until {
            update = update.and_set("idle_until", number(after.idle_until));
        }
        if self.write(Write::update(key(token), update, has_guessed(before).and(is_stored()))).await? {
            Ok(())
        } else {
            Err(StoreError::Conflict("another password was checked in the meantime".to_owned()))
        }
    }

    /// Deletes the session. Succeeds even if the session does not exist.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
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
    let row: SessionRow = from_item(row)?;
    let SessionRow { identified_at, idle_until, absolute_until, wrong_passwords, progress, .. } = row;
    let identified_at = identified_at.unwrap_or_else(|| absolute_until.plus(-LIMIT_WITHOUT_CHECK_TIME));
    Ok(Session { identified_at, idle_until, absolute_until, progress, wrong_passwords })
}

pub(crate) fn create(token: &SessionToken, session: &Session) -> Result<Write, StoreError> {
    let row = SessionRow {
        session_id: token.id(),
        ttl: session.absolute_until,
        identified_at: Some(session.identified_at),
        idle_until: session.idle_until,
        absolute_until: session.absolute_until,
        wrong_passwords: session.wrong_passwords,
        progress: session.progress.clone(),
    };
    Write::put(key(token), &row, is_new())
}

/// Selects a certificate in the session, unless an application was already submitted in this session.
pub(crate) fn select(token: &SessionToken, coupon_number: &CouponNumber, now: Timestamp) -> Write {
    let selection = extension(now)
        .and_set("progress", text("selected"))
        .and_set("couponNumber", text(coupon_number.as_str()))
        .and_set("acknowledgedAt", number(now));
    Write::update(key(token), selection, is_live(now).and(differs("progress", text("submitted"))))
}

/// Restarts the session's idle time. The session's selected certificate must have the coupon number `selected`.
pub(crate) fn extend(token: &SessionToken, selected: &CouponNumber, now: Timestamp) -> Write {
    Write::update(key(token), extension(now), is_live(now).and(has_selected(selected)))
}

/// Records the receipt number in the session `read`. The session's selected certificate must have the coupon number
/// `selected`, and no wrong password may have been recorded since the session was read.
pub(crate) fn submit(
    token: &SessionToken,
    read: &Session,
    selected: &CouponNumber,
    receipt_number: &ReceiptNumber,
    now: Timestamp,
) -> Write {
    let submitted =
        Update::set("progress", text("submitted")).and_set("receiptNumber", text(receipt_number.as_str()));
    Write::update(key(token), submitted, is_live(now).and(has_selected(selected)).and(has_guessed(read)))
}

/// Checks that the session has not ended, and that no wrong password was recorded since it was read.
pub(crate) fn require_password_check(token: &SessionToken, read: &Session, now: Timestamp) -> Write {
    Write::check(key(token), is_live(now).and(has_guessed(read)))
}

/// Requires that no wrong password was recorded since the session was read. Parallel guesses are therefore limited like
/// successive ones. Rows of earlier versions have no number.
fn has_guessed(read: &Session) -> Condition {
    let unchanged = equals("wrong_passwords", number(read.wrong_passwords));
    if read.wrong_passwords == 0 { absent("wrong_passwords").or(unchanged) } else { unchanged }
}

fn key(token: &SessionToken) -> Key {
    Key::one_in_enrollment(RowKind::Session, token.enrollment(), token.id().as_str())
}

/// Requires that the session has not ended.
fn is_live(now: Timestamp) -> Condition {
    greater("idle_until", now).and(greater("absolute_until", now))
}

fn has_selected(coupon_number: &CouponNumber) -> Condition {
    let selected = equals("progress", text("selected"));
    selected.and(equals("couponNumber", text(coupon_number.as_str())))
}

/// Returns the update that restarts the idle time.
fn extension(now: Timestamp) -> Update {
    Update::set("idle_until", number(now.plus(IDLE_LIMIT)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{item::to_item, write::Action};
    use domain::enrollment::EnrollmentId;

    fn start() -> (SessionToken, Session) {
        let now = Timestamp::try_from(1_795_305_600).unwrap();
        (SessionToken::new(EnrollmentId::from_random([7; 16]), [9; 32]), Session::start(now))
    }

    #[test]
    fn a_session_round_trips_through_its_row() {
        let (token, session) = start();
        let Action::Put(row) = create(&token, &session).unwrap().action else { panic!("not a put") };
        assert_eq!(read(row).unwrap(), session);
    }

    #[test]
    fn a_row_of_the_previous_version_is_read_with_its_check_time() {
        let (token, session) = start();
        let before = serde_json::json!({
            "session_id": token.id(),
            "ttl": session.absolute_until,
            "idle_until": session.idle_until,
            "absolute_until": session.absolute_until,
            "progress": "identified",
        });
        assert_eq!(read(to_item(&key(&token), &before).unwrap()).unwrap(), session);
    }
}
