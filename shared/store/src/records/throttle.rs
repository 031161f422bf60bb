//! Throttles, which slow down attempts to guess credentials. A throttle is read together with the credential, and
//! written only if the throttle has not changed in the meantime.

use serde::Serialize;

use crate::{
    Store, StoreError,
    database::Rows,
    expression::{Condition, equals, is_new},
    item::{from_item, number},
    key::{Key, RowKind},
    write::Write,
};
use domain::{Timestamp, enrollment::ThrottleKey, throttle::Failures};

/// The keys of the two throttles that apply to an attempt.
#[derive(Clone, Debug)]
pub struct ThrottleKeys {
    /// The throttle for the account or certificate code.
    pub account: ThrottleKey,
    /// The throttle for the client's network address.
    pub client: ThrottleKey,
}

impl ThrottleKeys {
    pub(super) fn keys(&self) -> [Key; 2] {
        [key(&self.account), key(&self.client)]
    }

    pub(super) fn read(&self, rows: &mut Rows) -> Result<Throttles, StoreError> {
        let mut failures = |throttle| rows.take(&key(throttle)).map(from_item).transpose();
        Ok(Throttles { account: failures(&self.account)?, client: failures(&self.client)? })
    }
}

/// The failed attempts on record when a new attempt begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Throttles {
    /// The failures for the account or certificate code.
    pub account: Option<Failures>,
    /// The failures for the client's network address.
    pub client: Option<Failures>,
}

/// A change to a throttle.
#[derive(Clone, Copy, Debug)]
pub struct ThrottleUpdate<'a> {
    pub key: &'a ThrottleKey,
    /// The failures before the attempt.
    pub before: Option<Failures>,
    /// The failures after the attempt.
    pub after: Failures,
    /// The time after which DynamoDB may delete the row.
    pub forgotten_at: Timestamp,
}

#[derive(Serialize)]
struct ThrottleRow {
    #[serde(flatten)]
    failures: Failures,
    ttl: Timestamp,
}

impl Store {
    /// Counts a failed attempt if neither throttle has changed since it was read.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if another attempt was counted in the meantime, or [`StoreError::Unavailable`]
    /// if the DynamoDB call fails.
    pub async fn count_failure(&self, updates: [ThrottleUpdate<'_>; 2]) -> Result<(), StoreError> {
        let count = |update: &ThrottleUpdate<'_>| {
            let row = ThrottleRow { failures: update.after, ttl: update.forgotten_at };
            Write::put(key(update.key), &row, is_unchanged(update.before))
        };
        self.transact(updates.iter().map(count).collect::<Result<_, _>>()?).await
    }

    /// Deletes the failures of `throttle` if they still equal `before`. If the stored failures differ from `before`,
    /// attempts are running in parallel. Parallel attempts must all fail, because they could otherwise bypass the delay
    /// between attempts.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if a failure was counted in the meantime, or [`StoreError::Unavailable`] if the
    /// DynamoDB call fails.
    pub async fn forget_failures(
        &self,
        throttle: &ThrottleKey,
        before: Option<Failures>,
    ) -> Result<(), StoreError> {
        if self.write(Write::delete(key(throttle), is_unchanged(before))).await? {
            Ok(())
        } else {
            Err(StoreError::Conflict("a failure was counted in the meantime".to_owned()))
        }
    }
}

/// Deletes the failures if they still equal `before`. If `before` is `None`, checks that there are still no failures.
pub(crate) fn forget(throttle: &ThrottleKey, before: Option<Failures>) -> Write {
    let (key, unchanged) = (key(throttle), is_unchanged(before));
    match before {
        None => Write::check(key, unchanged),
        Some(_) => Write::delete(key, unchanged),
    }
}

fn key(throttle: &ThrottleKey) -> Key {
    Key::alone(RowKind::Throttle, throttle.as_str())
}

/// Requires that the failures have not changed since they were read.
fn is_unchanged(before: Option<Failures>) -> Condition {
    match before {
        None => is_new(),
        Some(Failures { level, last_at }) => {
            equals("level", number(level)).and(equals("last_at", number(last_at)))
        }
    }
}
