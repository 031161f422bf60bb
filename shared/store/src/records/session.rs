//! Session records.

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::ReturnValue};
use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    database::unavailable,
    expression::{
        Condition, Placeholders, Update, absent, always, at_most, differs, equals, greater, is_new, is_stored,
    },
    item::{Item, from_item, number, text, to_attribute},
    key::{Key, RowKind},
    write::Write,
};
use domain::{
    MINUTE, Timestamp,
    enrollment::EnrollmentId,
    numbers::CouponNumber,
    receipt::ReceiptNumber,
    session::{CLOCK_TOLERANCE, IDLE_LIMIT, Progress, Session, SessionEnd, SessionId, SessionToken},
    session_limits::{LimitedRequest, RequestCounts},
    sign_ins::SignIn,
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
    requests: RequestCounts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<SessionEnd>,
    #[serde(flatten)]
    progress: Progress,
}

/// The attribute with the reason why a session ended before its time limits.
const ENDED: &str = "ended";

impl Store {
    /// Returns the session, or `None` if no such session is stored.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn session(&self, token: &SessionToken) -> Result<Option<Session>, StoreError> {
        self.row(&key(token)).await?.map(read).transpose()
    }

    /// Restarts the session's idle time and returns the session. Returns `None` if the session has ended or cannot be
    /// extended again.
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
        let condition = placeholders.condition(is_live(now).and(is_below_limit(LimitedRequest::Extension)));
        let update = placeholders.update(counted(extension(now), LimitedRequest::Extension));
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
    /// Returns [`StoreError::Conflict`] if another attempt was recorded in the meantime, or [`StoreError::Unavailable`]
    /// if the DynamoDB call fails.
    pub async fn count_wrong_password(
        &self,
        token: &SessionToken,
        before: &Session,
        after: &Session,
    ) -> Result<(), StoreError> {
        let mut update = Update::set("wrong_passwords", number(after.wrong_passwords));
        if let Some(end) = after.ended {
            update = update.and_set(ENDED, to_attribute(&end)?);
        }
        if self.write(Write::update(key(token), update, has_guessed(before).and(is_stored()))).await? {
            Ok(())
        } else {
            Err(StoreError::Conflict("another password was checked in the meantime".to_owned()))
        }
    }

    /// Ends the session, unless it does not exist or has ended for another reason.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn end_session(&self, token: &SessionToken, end: SessionEnd) -> Result<(), StoreError> {
        let update = Update::set(ENDED, to_attribute(&end)?);
        self.write(Write::update(key(token), update, is_stored().and(absent(ENDED)))).await.map(drop)
    }
}

pub(crate) fn read(row: Item) -> Result<Session, StoreError> {
    let row: SessionRow = from_item(row)?;
    let identified_at =
        row.identified_at.unwrap_or_else(|| row.absolute_until.plus(-LIMIT_WITHOUT_CHECK_TIME));
    let SessionRow { idle_until, absolute_until, progress, wrong_passwords, requests, ended, .. } = row;
    Ok(Session { identified_at, idle_until, absolute_until, progress, wrong_passwords, requests, ended })
}

pub(crate) fn create(token: &SessionToken, session: &Session) -> Result<Write, StoreError> {
    Write::put(key(token), &row(token.id(), session), is_new())
}

/// Ends the session of an earlier sign-in, and keeps the reason if the session has already ended. If the row is
/// missing, it is created, because a missing row must not prevent the sign-in that ends the session.
pub(crate) fn end(enrollment: &EnrollmentId, sign_in: &SignIn) -> Result<Write, StoreError> {
    let session = Session::start(sign_in.at);
    let update = Update::default()
        .and_set_if_absent("session_id", text(sign_in.session.as_str()))
        .and_set_if_absent("ttl", number(session.absolute_until))
        .and_set_if_absent("identified_at", number(session.identified_at))
        .and_set_if_absent("idle_until", number(session.idle_until))
        .and_set_if_absent("absolute_until", number(session.absolute_until))
        .and_set_if_absent("progress", text("identified"))
        .and_set_if_absent(ENDED, to_attribute(&SessionEnd::TooManySessions)?);
    let key = Key::one_in_enrollment(RowKind::Session, enrollment, sign_in.session.as_str());
    Ok(Write::update(key, update, always()))
}

fn row(session_id: SessionId, session: &Session) -> SessionRow {
    SessionRow {
        session_id,
        ttl: session.absolute_until,
        identified_at: Some(session.identified_at),
        idle_until: session.idle_until,
        absolute_until: session.absolute_until,
        wrong_passwords: session.wrong_passwords,
        requests: session.requests,
        ended: session.ended,
        progress: session.progress.clone(),
    }
}

/// Selects a certificate in the session, unless an application was already submitted in this session.
pub(crate) fn select(token: &SessionToken, coupon_number: &CouponNumber, now: Timestamp) -> Write {
    let selection = extension(now)
        .and_set("progress", text("selected"))
        .and_set("couponNumber", text(coupon_number.as_str()))
        .and_set("acknowledgedAt", number(now));
    let condition = is_live(now)
        .and(is_below_limit(LimitedRequest::Selection))
        .and(differs("progress", text("submitted")));
    Write::update(key(token), counted(selection, LimitedRequest::Selection), condition)
}

/// Counts a save and restarts the session's idle time. The session's selected certificate must have the coupon number
/// `selected`.
pub(crate) fn save(token: &SessionToken, selected: &CouponNumber, now: Timestamp) -> Write {
    let condition = is_live(now).and(is_below_limit(LimitedRequest::Save)).and(has_selected(selected));
    Write::update(key(token), counted(extension(now), LimitedRequest::Save), condition)
}

/// Counts a request for another certificate code.
pub(crate) fn request_code(token: &SessionToken, now: Timestamp) -> Write {
    let update = counted(Update::default(), LimitedRequest::Code);
    Write::update(key(token), update, is_live(now).and(is_below_limit(LimitedRequest::Code)))
}

/// Counts a correction of the address. No wrong password may have been recorded since the session was read.
pub(crate) fn correct_address(token: &SessionToken, read: &Session, now: Timestamp) -> Write {
    let Write { key, action, condition } = request_code(token, now);
    Write { key, action, condition: condition.and(has_guessed(read)) }
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

/// Requires that no wrong password was recorded since the session was read. Parallel guesses are therefore limited like
/// successive ones. Rows of earlier versions have no number.
fn has_guessed(read: &Session) -> Condition {
    let unchanged = equals("wrong_passwords", number(read.wrong_passwords));
    if read.wrong_passwords == 0 { absent("wrong_passwords").or(unchanged) } else { unchanged }
}

fn key(token: &SessionToken) -> Key {
    Key::one_in_enrollment(RowKind::Session, token.enrollment(), token.id().as_str())
}

/// Requires that the session has not ended, like [`Session::end`].
fn is_live(now: Timestamp) -> Condition {
    let is_past = absent("identified_at").or(at_most("identified_at", now.plus(CLOCK_TOLERANCE)));
    greater("idle_until", now).and(greater("absolute_until", now)).and(absent(ENDED)).and(is_past)
}

/// Requires that the session may make one more of these requests, like [`RequestCounts::has_reached_limit`].
fn is_below_limit(request: LimitedRequest) -> Condition {
    let count = count_of(request);
    absent(count).or(at_most(count, i64::from(request.limit()) - 1))
}

/// Adds the count of the request to `update`.
fn counted(update: Update, request: LimitedRequest) -> Update {
    update.and_add(count_of(request), 1)
}

/// Returns the attribute that counts these requests, a member of [`RequestCounts`].
fn count_of(request: LimitedRequest) -> &'static str {
    match request {
        LimitedRequest::Selection => "selections",
        LimitedRequest::Save => "saves",
        LimitedRequest::Extension => "extensions",
        LimitedRequest::Code => "code_requests",
    }
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
    fn each_limited_request_has_its_own_count() {
        let (token, session) = start();
        for request in LimitedRequest::ALL {
            let mut stored = to_item(&key(&token), &row(token.id(), &session)).unwrap();
            assert!(stored.contains_key(count_of(request)), "{request:?}");
            stored.insert(count_of(request).to_owned(), number(request.limit()));
            let requests = read(stored).unwrap().requests;
            for other in LimitedRequest::ALL {
                assert_eq!(
                    requests.has_reached_limit(other),
                    other == request,
                    "{other:?} after {request:?}"
                );
            }
        }
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
