//! The throttles that slow down guesses. They are read together with the guessed credential, and written only if they
//! have not changed since.

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::TransactWriteItem};

use super::{Expression, Store, StoreError, absent, items::Key, number, to_item, unavailable};
use domain::{Timestamp, enrollment::ThrottleKey, throttle::Failures};

/// The keys of the two throttles that apply to an attempt.
#[derive(Clone, Debug)]
pub struct ThrottleKeys {
    /// The throttle of the account or certificate code that is guessed.
    pub account: ThrottleKey,
    /// The throttle of the client's address.
    pub client: ThrottleKey,
}

/// The failures that were read before an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Throttles {
    /// The failures of the account or the certificate code.
    pub account: Option<Failures>,
    /// The failures of the client's address.
    pub client: Option<Failures>,
}

/// A change of a throttle.
#[derive(Clone, Copy, Debug)]
pub struct ThrottleUpdate<'a> {
    /// The throttle's key.
    pub key: &'a ThrottleKey,
    /// The failures that were read.
    pub before: Option<Failures>,
    /// The failures after the attempt.
    pub after: Failures,
    /// The time after which the row may be deleted.
    pub forgotten_at: Timestamp,
}

impl Store {
    /// Counts a failed check, if the throttles have not changed since they were read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when another attempt was counted in the meantime, [`StoreError::Unavailable`].
    pub async fn count_failure(&self, updates: [ThrottleUpdate<'_>; 2]) -> Result<(), StoreError> {
        let writes = updates.iter().map(|update| self.throttle_write(update)).collect::<Result<_, _>>()?;
        self.transact(writes).await
    }

    /// Deletes the failures of `key`, unless a failure was counted since they were read as `before`. In that case
    /// guesses run in parallel, and none of them may succeed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when a failure was counted in the meantime, [`StoreError::Unavailable`].
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

/// The condition that the failures have not changed since they were read.
pub(super) fn unchanged(before: Option<Failures>) -> Expression {
    match before {
        None => absent(),
        Some(Failures { level, last_at }) => Expression::condition("#level = :level AND last_at = :last_at")
            .name("#level", "level")
            .value(":level", number(level))
            .value(":last_at", number(last_at)),
    }
}
