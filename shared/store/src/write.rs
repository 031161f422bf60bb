//! Conditional writes of individual rows.

use aws_sdk_dynamodb::types::{self, ConditionCheck, Delete, Put, TransactWriteItem};
use serde::Serialize;

use crate::{
    StoreError, Tables,
    database::malformed,
    expression::{Condition, Placeholders, Update},
    item::{Item, to_item},
    key::Key,
};

/// A conditional write of one row, or a condition check without a write.
pub(crate) struct Write {
    pub(crate) key: Key,
    pub(crate) action: Action,
    pub(crate) condition: Condition,
}

pub(crate) enum Action {
    Put(Item),
    Update(Update),
    Delete,
    Check,
}

impl Write {
    /// Creates or replaces the row.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unreadable`] if the body cannot be serialized as an item.
    pub(crate) fn put<T: Serialize>(key: Key, body: &T, condition: Condition) -> Result<Self, StoreError> {
        let item = to_item(&key, body)?;
        Ok(Self { key, action: Action::Put(item), condition })
    }

    pub(crate) fn update(key: Key, update: Update, condition: Condition) -> Self {
        Self { key, action: Action::Update(update), condition }
    }

    pub(crate) fn delete(key: Key, condition: Condition) -> Self {
        Self { key, action: Action::Delete, condition }
    }

    /// Checks the condition without changing the row.
    pub(crate) fn check(key: Key, condition: Condition) -> Self {
        Self { key, action: Action::Check, condition }
    }

    /// Converts the write to an item of a transaction.
    pub(crate) fn in_transaction(self, tables: &Tables) -> Result<TransactWriteItem, StoreError> {
        let Self { key, action, condition } = self;
        let mut placeholders = Placeholders::default();
        let condition = placeholders.condition(condition);
        // The four builders have the same methods but no common trait.
        macro_rules! part {
            ($builder:expr, $member:ident) => {{
                let write = $builder
                    .table_name(tables.name(key.table))
                    .condition_expression(condition)
                    .set_expression_attribute_names(placeholders.names())
                    .set_expression_attribute_values(placeholders.values())
                    .build()
                    .map_err(|error| malformed(&error))?;
                Ok(TransactWriteItem::builder().$member(write).build())
            }};
        }
        match action {
            Action::Put(item) => part!(Put::builder().set_item(Some(item)), put),
            Action::Update(update) => {
                let update = placeholders.update(update);
                let builder = types::Update::builder().update_expression(update);
                part!(builder.set_key(Some(key.to_item())), update)
            }
            Action::Delete => part!(Delete::builder().set_key(Some(key.to_item())), delete),
            Action::Check => part!(ConditionCheck::builder().set_key(Some(key.to_item())), condition_check),
        }
    }
}
