//! The throttles that slow guesses down: read together with what is guessed at, written as they were read.

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::TransactWriteItem};

use super::{Expression, Store, StoreError, absent, items::Key, number, to_item, unavailable};
use domain::{Timestamp, enrollment::ThrottleKey, throttle::Failures};

/// Whose failures an attempt is measured by.
#[derive(Clone, Debug)]
pub struct ThrottleKeys {
    /// What is guessed at: an account or a certificate code.
    pub account: ThrottleKey,
    /// The client's address.
    pub client: ThrottleKey,
}

/// The failures as they were read before an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Throttles {
    /// Of the account or the certificate code.
    pub account: Option<Failures>,
    /// Of the client's address.
    pub client: Option<Failures>,
}

/// A throttle's change from what was read.
#[derive(Clone, Copy, Debug)]
pub struct ThrottleUpdate<'a> {
    /// Whose failures.
    pub key: &'a ThrottleKey,
    /// As they were read.
    pub before: Option<Failures>,
    /// As they become.
    pub after: Failures,
    /// When nothing of it is left to remember.
    pub forgotten_at: Timestamp,
}

impl Store {
    /// Counts a failed check, if the throttles are still as they were read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when another attempt was counted in between, [`StoreError::Unavailable`].
    pub async fn count_failure(&self, updates: [ThrottleUpdate<'_>; 2]) -> Result<(), StoreError> {
        let writes = updates.iter().map(|update| self.throttle_write(update)).collect::<Result<_, _>>()?;
        self.transact(writes).await
    }

    /// Forgets the failures of `key`, unless one was counted since they were read as `before`: then guesses run
    /// in parallel, and none of them may win.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`], [`StoreError::Unavailable`].
    pub async fn forget_failures(
        &self,
        key: &ThrottleKey,
        before: Option<Failures>,
    ) -> Result<(), StoreError> {
        let condition = unchanged(before);
        let answer = self
            .client
            .delete_item()
            .table_name(&self.tables.registry)
            .set_key(Some(Key::throttle(key).to_item()))
            .condition_expression(&condition.condition)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => match error.code() {
                Some(code @ ("ConditionalCheckFailedException" | "TransactionConflictException")) => {
                    Err(StoreError::Conflict(code.to_owned()))
                }
                _ => Err(unavailable(&error)),
            },
        }
    }

    fn throttle_write(&self, update: &ThrottleUpdate<'_>) -> Result<TransactWriteItem, StoreError> {
        let mut item = to_item(&Key::throttle(update.key), &update.after)?;
        item.insert(super::tables::TTL_ATTRIBUTE.to_owned(), number(update.forgotten_at));
        unchanged(update.before).into_put(&self.tables.registry, item)
    }
}

/// The failures are still as they were read.
pub(super) fn unchanged(before: Option<Failures>) -> Expression {
    match before {
        None => absent(),
        Some(Failures { level, last_at }) => Expression::condition("#level = :level AND last_at = :last_at")
            .name("#level", "level")
            .value(":level", number(level))
            .value(":last_at", number(last_at)),
    }
}
