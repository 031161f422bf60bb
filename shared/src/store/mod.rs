//! The records in DynamoDB. One adapter for AWS, for an emulator and for the in-process database of the local
//! stack; ARCHITECTURE.md lists every access pattern with its key, consistency and cost.
//!
//! Every write is conditional on what was read, so a lost race is a [`StoreError::Conflict`] and never a lost
//! update.

mod case_file;
mod crl_state;
mod identity;
mod items;
mod outbox;
mod registration;
mod submission;
mod tables;

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::ports::PortError;

pub use self::{
    case_file::CaseFile,
    identity::{Credential, LoginRecords, ThrottleUpdate},
    items::Submitted,
    outbox::{Effect, OutboxRow},
    registration::{NewCertificate, RegistrationOutcome},
    submission::Submission,
    tables::{TableDefinition, Tables},
};

/// The records of the registration authority.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    tables: Tables,
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote in between, or the record was never as assumed; nothing was written.
    #[error("a condition did not hold: {0}")]
    Conflict(String),
    /// DynamoDB did not answer or refused.
    #[error(transparent)]
    Unavailable(#[from] PortError),
    /// A record that this version cannot read.
    #[error("unreadable record {key}: {message}")]
    Unreadable {
        /// Its key.
        key: String,
        /// What does not fit.
        message: String,
    },
}

type Item = HashMap<String, AttributeValue>;

impl Store {
    /// The records in `tables`, through `client`.
    pub fn new(client: Client, tables: Tables) -> Self {
        Self { client, tables }
    }

    /// Writes all of `writes` or nothing. The SDK sends the same client request token with each of its own
    /// retries, so a retry whose first try did arrive writes nothing twice.
    async fn transact(&self, writes: Vec<TransactWriteItem>) -> Result<(), StoreError> {
        match self.client.transact_write_items().set_transact_items(Some(writes)).send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let codes: Vec<_> = cancelled
                        .cancellation_reasons()
                        .iter()
                        .map(|reason| reason.code().unwrap_or("None"))
                        .collect();
                    if codes.iter().all(|code| {
                        matches!(*code, "None" | "ConditionalCheckFailed" | "TransactionConflict")
                    }) {
                        Err(StoreError::Conflict(codes.join(", ")))
                    } else {
                        Err(unavailable(&error))
                    }
                }
                Some(TransactWriteItemsError::TransactionInProgressException(_)) => {
                    Err(StoreError::Conflict("TransactionInProgress".to_owned()))
                }
                _ => Err(unavailable(&error)),
            },
        }
    }
}

fn unavailable<E>(error: &SdkError<E>) -> StoreError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    StoreError::Unavailable(PortError {
        service: "dynamodb",
        message: match error.code() {
            Some(code) => code.to_owned(),
            None => DisplayErrorContext(error).to_string(),
        },
    })
}

/// A request that could not even be built: a mistake in this module.
fn malformed(error: &aws_sdk_dynamodb::error::BuildError) -> StoreError {
    StoreError::Unavailable(PortError::new("dynamodb", error))
}

fn to_item<T: Serialize>(key: &items::Key, body: &T) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(body).map_err(|error| unreadable(&key.sk, &error))?;
    item.extend(key.to_item());
    Ok(item)
}

fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let key = item.get("sk").and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
    let kind = key.split('#').next().unwrap_or_default().to_owned();
    serde_dynamo::from_item(item).map_err(|error| unreadable(&kind, &error))
}

fn unreadable(kind: &str, error: &serde_dynamo::Error) -> StoreError {
    StoreError::Unreadable { key: kind.to_owned(), message: error.to_string() }
}

fn to_attribute<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|error| unreadable("attribute", &error))
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn number(value: impl Into<i64>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// A condition or update expression with its names and values.
#[derive(Default)]
struct Expression {
    condition: String,
    update: Option<String>,
    names: HashMap<String, String>,
    values: Item,
}

impl Expression {
    fn condition(condition: &str) -> Self {
        Self { condition: condition.to_owned(), ..Self::default() }
    }

    fn update(mut self, update: &str) -> Self {
        self.update = Some(update.to_owned());
        self
    }

    fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    fn name(mut self, placeholder: &str, name: &str) -> Self {
        self.names.insert(placeholder.to_owned(), name.to_owned());
        self
    }

    fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    fn values(&self) -> Option<Item> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }

    fn into_update(self, table: &str, key: Item) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(table)
            .set_key(Some(key))
            .set_update_expression(self.update.clone())
            .condition_expression(&self.condition)
            .set_expression_attribute_names(self.names())
            .set_expression_attribute_values(self.values())
            .build()
            .map_err(|error| malformed(&error))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn into_put(self, table: &str, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression(&self.condition)
            .set_expression_attribute_names(self.names())
            .set_expression_attribute_values(self.values())
            .build()
            .map_err(|error| malformed(&error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn into_delete(self, table: &str, key: Item) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(table)
            .set_key(Some(key))
            .condition_expression(&self.condition)
            .set_expression_attribute_names(self.names())
            .set_expression_attribute_values(self.values())
            .build()
            .map_err(|error| malformed(&error))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    fn into_check(self, table: &str, key: Item) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(table)
            .set_key(Some(key))
            .condition_expression(&self.condition)
            .set_expression_attribute_names(self.names())
            .set_expression_attribute_values(self.values())
            .build()
            .map_err(|error| malformed(&error))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

/// The condition of a row that must be new.
fn absent() -> Expression {
    Expression::condition("attribute_not_exists(pk)")
}
