//! Conditions and updates with their names and values, and the transaction writes that are built from them.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};

use super::{Item, StoreError, malformed};

/// A condition, or an update with its condition.
#[derive(Default)]
pub(super) struct Expression {
    pub(super) condition: String,
    pub(super) update: Option<String>,
    names: HashMap<String, String>,
    values: Item,
}

/// The condition that the row does not exist yet.
pub(super) fn absent() -> Expression {
    Expression::condition("attribute_not_exists(pk)")
}

/// Builds a write. All four kinds of writes take a condition in the same way, but their builders have no common type.
macro_rules! build {
    ($expression:expr, $builder:expr, $item:ident) => {{
        let write = $builder
            .condition_expression(&$expression.condition)
            .set_expression_attribute_names($expression.names())
            .set_expression_attribute_values($expression.values())
            .build()
            .map_err(|error| malformed(&error))?;
        Ok(TransactWriteItem::builder().$item(write).build())
    }};
}

impl Expression {
    pub(super) fn condition(condition: &str) -> Self {
        Self { condition: condition.to_owned(), ..Self::default() }
    }

    pub(super) fn and(mut self, condition: &str) -> Self {
        self.condition = format!("{} AND {condition}", self.condition);
        self
    }

    pub(super) fn update(mut self, update: &str) -> Self {
        self.update = Some(update.to_owned());
        self
    }

    pub(super) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    pub(super) fn name(mut self, placeholder: &str, name: &str) -> Self {
        self.names.insert(placeholder.to_owned(), name.to_owned());
        self
    }

    pub(super) fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    pub(super) fn values(&self) -> Option<Item> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }

    pub(super) fn into_update(self, table: &str, key: Item) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder().table_name(table).set_key(Some(key));
        build!(self, update.set_update_expression(self.update.clone()), update)
    }

    pub(super) fn into_put(self, table: &str, item: Item) -> Result<TransactWriteItem, StoreError> {
        build!(self, Put::builder().table_name(table).set_item(Some(item)), put)
    }

    pub(super) fn into_delete(self, table: &str, key: Item) -> Result<TransactWriteItem, StoreError> {
        build!(self, Delete::builder().table_name(table).set_key(Some(key)), delete)
    }

    pub(super) fn into_check(self, table: &str, key: Item) -> Result<TransactWriteItem, StoreError> {
        build!(self, ConditionCheck::builder().table_name(table).set_key(Some(key)), condition_check)
    }
}
