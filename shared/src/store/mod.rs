//! The records in DynamoDB. One adapter for AWS, for an emulator and for the in-process database of the local
//! stack; ARCHITECTURE.md lists every access pattern with its key, consistency and cost.
//!
//! Every write is conditional on what was read, so a lost race is a [`StoreError::Conflict`] and never a lost
//! update.

mod case_file;
mod crl_state;
mod expression;
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
    types::{AttributeValue, TransactWriteItem},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::ports::PortError;

use self::expression::{Expression, absent};
pub use self::{
    case_file::CaseFile,
    crl_state::{Listing, RecordedRevocation, RecordedRevocations},
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
    /// A record that this version cannot read or write. What does not fit is not said: it may be personal data.
    #[error("the record {0} is not of this version's form")]
    Unreadable(String),
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
    let mut item: Item = serde_dynamo::to_item(body).map_err(|_| unreadable(&key.pk, &key.sk))?;
    item.extend(key.to_item());
    Ok(item)
}

fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let attribute = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
    let (pk, sk) = (attribute("pk"), attribute("sk"));
    serde_dynamo::from_item(item).map_err(|_| unreadable(&pk, &sk))
}

/// Names a record by its partition and its kind.
fn unreadable(pk: &str, sk: &str) -> StoreError {
    StoreError::Unreadable(format!("{pk} {}", sk.split('#').next().unwrap_or_default()))
}

fn to_attribute<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|_| unreadable("attribute", ""))
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn number(value: impl Into<i64>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}
