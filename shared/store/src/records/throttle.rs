//! The throttles that limit how fast credentials can be guessed. Every write to a throttle is conditional on the
//! version that was read.

use serde::{Deserialize, Serialize};

use super::{
    outbox, session,
    sign_ins::{self, StoredSignIns},
};
use crate::{
    OutboxRow, Store, StoreError,
    database::Rows,
    expression::{Condition, equals, is_new},
    item::{from_item, number},
    key::{Key, RowKind},
    write::Write,
};
use domain::{
    Timestamp,
    credential_keys::{LoginKey, ThrottleKey},
    session::{Session, SessionToken},
    sign_ins::Recorded,
    throttle::Throttle,
};

/// The row of a throttle.
#[derive(Serialize, Deserialize)]
struct ThrottleRow {
    #[serde(flatten)]
    throttle: Throttle,
    ttl: Timestamp,
}

/// The database changes for an attempt at step 1.
#[derive(Debug)]
pub struct AttemptChanges<'a> {
    /// The key of the throttle.
    pub key: &'a ThrottleKey,
    /// The throttle that was read.
    pub before: Option<&'a Throttle>,
    /// The throttle after the attempt, or `None` if the throttle does not change.
    pub after: Option<&'a Throttle>,
    /// The session that starts.
    pub session: Option<SessionStart<'a>>,
    /// The outbox row of the email with the sign-in code, if an email is sent.
    pub email: Option<&'a OutboxRow>,
    /// A random string that is not part of any existing key.
    pub unused: &'a str,
}

/// The database changes if an attempt at step 1 starts a session.
#[derive(Clone, Copy, Debug)]
pub struct SessionStart<'a> {
    pub token: &'a SessionToken,
    pub session: &'a Session,
    /// The key of the credential.
    pub login: &'a LoginKey,
    /// The latest sign-ins that were read.
    pub before: &'a StoredSignIns,
    /// The latest sign-ins including this one, and the sessions that it ends.
    pub recorded: &'a Recorded,
}

impl SessionStart<'_> {
    fn writes(&self) -> Result<Vec<Write>, StoreError> {
        let Self { token, session, login, before, recorded } = self;
        let ended = recorded.ended.iter().map(|sign_in| session::end(token.enrollment(), sign_in));
        let after = sign_ins::replace(login, before, &recorded.after, session.identified_at)?;
        [Ok(session::create(token, session)?), Ok(after)].into_iter().chain(ended).collect()
    }
}

impl Store {
    /// Reads a throttle again after another attempt has changed it. Makes one call.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if the row cannot
    /// be parsed.
    pub async fn throttle(&self, key: &ThrottleKey) -> Result<Option<Throttle>, StoreError> {
        let mut rows = self.rows(&[row_key(key)]).await?;
        read(key, &mut rows)
    }

    /// Writes the changes of an attempt at step 1 if the throttle has not changed since it was read. An attempt that
    /// starts no session is a transaction on two rows. If it requires fewer writes, the transaction also deletes rows
    /// that do not exist. These deletions have no effect and cannot conflict with the attempts of other clients.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if another attempt changed the throttle or started a session in the meantime,
    /// or [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn record_attempt(&self, changes: AttemptChanges<'_>) -> Result<(), StoreError> {
        let AttemptChanges { key, before, after, session, email, unused } = changes;
        let mut writes = Vec::new();
        match after {
            Some(after) => writes.push(replace(key, before, after)?),
            // A session starts only if no other attempt has filled the bucket in the meantime.
            None if session.is_some() => writes.push(Write::check(row_key(key), is_unchanged(before))),
            None => {}
        }
        if let Some(start) = session {
            writes.extend(start.writes()?);
        }
        if let Some(row) = email {
            writes.push(outbox::create(row)?);
        }
        for number in writes.len()..2 {
            let nothing = Key::alone(RowKind::Throttle, format!("{unused}-{number}"));
            writes.push(Write::delete(nothing, is_new()));
        }
        self.transact(writes).await
    }

    /// Replaces the throttle with `after`, the result of an attempt at the pick-up, if the throttle has not changed
    /// since it was read. If `after` is `None`, only checks that the throttle has not changed.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if another attempt changed the throttle in the meantime, or
    /// [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn record_pick_up_attempt(
        &self,
        key: &ThrottleKey,
        before: Option<&Throttle>,
        after: Option<&Throttle>,
    ) -> Result<(), StoreError> {
        let write = match after {
            Some(after) => replace(key, before, after)?,
            None => Write::check(row_key(key), is_unchanged(before)),
        };
        self.transact(vec![write]).await
    }
}

/// Removes the throttle from the rows of a read and returns it.
pub(super) fn read(key: &ThrottleKey, rows: &mut Rows) -> Result<Option<Throttle>, StoreError> {
    let row = rows.take(&row_key(key)).map(from_item::<ThrottleRow>).transpose()?;
    Ok(row.map(|row| row.throttle))
}

/// Returns the key of the row.
pub(super) fn row_key(key: &ThrottleKey) -> Key {
    Key::alone(RowKind::Throttle, key.as_str())
}

fn replace(key: &ThrottleKey, before: Option<&Throttle>, after: &Throttle) -> Result<Write, StoreError> {
    let row = ThrottleRow { throttle: after.clone(), ttl: after.forgotten_at() };
    Write::put(row_key(key), &row, is_unchanged(before))
}

/// The condition that the throttle has not changed since it was read.
fn is_unchanged(before: Option<&Throttle>) -> Condition {
    match before {
        None => is_new(),
        Some(before) => equals("version", number(before.version)),
    }
}
