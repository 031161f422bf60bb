//! The store: all data of the service in DynamoDB. The same code runs on AWS, on an emulator and on the in-process
//! database of the local stack. ARCHITECTURE.md lists every access pattern with its key, consistency and cost.
//!
//! Every write is conditional on the data that was read. A lost race is therefore a [`StoreError::Conflict`], and no
//! update is lost.

mod audit;
mod ca;
mod case_file;
mod codes;
mod correction;
mod crl_state;
mod deadlines;
mod deliveries;
mod expression;
mod identity;
mod items;
mod outbox;
mod pick_up;
mod registration;
mod revoke;
mod status;
mod submission;
mod tables;
mod throttles;

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, KeysAndAttributes, TransactWriteItem},
};
use serde::{Serialize, de::DeserializeOwned};

use ports::PortError;

use self::expression::{Expression, absent};
pub use self::{
    audit::SealedLog,
    ca::CaRow,
    case_file::CaseFile,
    correction::AddressChange,
    crl_state::{RecordedRevocation, RecordedRevocations},
    identity::{Credential, LoginRecords},
    items::Submitted,
    outbox::{Deadline, Effect, OutboxRow},
    pick_up::{CodeRecords, Issuance, PickUpCase},
    registration::{NewCertificate, RegistrationOutcome},
    status::{ResponderRow, StatusRecords},
    submission::Submission,
    tables::{TableDefinition, Tables},
    throttles::{ThrottleKeys, ThrottleUpdate, Throttles},
};

/// The store of the registration authority.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    tables: Tables,
}

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another request wrote in the meantime, or the row was never as assumed. Nothing was written.
    #[error("a condition did not hold: {0}")]
    Conflict(String),
    /// DynamoDB did not respond, or refused the request.
    #[error(transparent)]
    Unavailable(#[from] PortError),
    /// This version cannot read or write the row. The message does not contain the value, which may be personal data.
    #[error("the record {0} is not of this version's form")]
    Unreadable(String),
}

type Item = HashMap<String, AttributeValue>;

impl Store {
    /// Creates a store for `tables`, accessed through `client`.
    pub fn new(client: Client, tables: Tables) -> Self {
        Self { client, tables }
    }

    /// Returns the row of the registry with this key, with one strongly consistent read.
    async fn row(&self, key: &items::Key) -> Result<Option<Item>, StoreError> {
        self.client
            .get_item()
            .table_name(&self.tables.registry)
            .consistent_read(true)
            .set_key(Some(key.to_item()))
            .send()
            .await
            .map(|answer| answer.item)
            .map_err(|error| unavailable(&error))
    }

    /// Returns the rows of the registry with these keys, in the order of the keys, with one strongly consistent read.
    /// The keys must be distinct.
    async fn rows<const N: usize>(&self, keys: [items::Key; N]) -> Result<[Option<Item>; N], StoreError> {
        let request = KeysAndAttributes::builder()
            .set_keys(Some(keys.iter().map(items::Key::to_item).collect()))
            .consistent_read(true)
            .build()
            .map_err(|error| malformed(&error))?;
        let answer = self
            .client
            .batch_get_item()
            .request_items(&self.tables.registry, request)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        if answer.unprocessed_keys().is_some_and(|unprocessed| !unprocessed.is_empty()) {
            let message = "keys were left unprocessed".to_owned();
            return Err(PortError { service: "dynamodb", message }.into());
        }
        let mut rows = answer.responses.unwrap_or_default().remove(&self.tables.registry).unwrap_or_default();
        let has = |row: &Item, name: &str, value: &String| {
            row.get(name).and_then(|found| found.as_s().ok()) == Some(value)
        };
        Ok(keys.map(|key| {
            let found = rows.iter().position(|row| has(row, "pk", &key.pk) && has(row, "sk", &key.sk))?;
            Some(rows.swap_remove(found))
        }))
    }

    /// Makes all of `writes` or none. The SDK sends the same client request token with each of its own retries. So a
    /// retry writes nothing twice if the first try arrived.
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

/// The error of a request that could not be built, which is a bug in this crate.
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

/// The error for an unreadable row, which names the row by its partition and its kind.
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

#[cfg(test)]
mod tests {
    use super::*;
    use stub_service::{Answer, StubService};

    fn failure(code: &str, members: &str) -> Answer {
        let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
        Answer::json(400, &format!("{{\"__type\":\"{kind}\"{members}}}"))
    }

    fn cancelled(reason: &str) -> Answer {
        let reasons = format!(",\"CancellationReasons\":[{{\"Code\":\"None\"}},{{\"Code\":\"{reason}\"}}]");
        failure("TransactionCanceledException", &reasons)
    }

    fn store(service: &StubService) -> Store {
        Store::new(
            Client::new(&adapters::sdk_config_for(|name| service.variable(name)).unwrap()),
            Tables::with_prefix("test"),
        )
    }

    #[tokio::test]
    async fn who_meets_throttling_is_asked_to_come_back() {
        let codes = ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"];
        let service = StubService::start(codes.map(|code| failure(code, "")));
        for code in codes {
            let error = store(&service).outbox_row("id").await.unwrap_err();
            assert_eq!(error.to_string(), format!("dynamodb: {code}"));
            assert!(matches!(error, StoreError::Unavailable(_)));
        }
    }

    #[tokio::test]
    async fn a_throttled_transaction_is_no_lost_race() {
        let service = StubService::start(
            ["ThrottlingError", "ProvisionedThroughputExceeded", "ConditionalCheckFailed"].map(cancelled),
        );
        let store = store(&service);
        let write = async || store.transact(Vec::new()).await.unwrap_err();
        for _ in 0..2 {
            assert!(matches!(write().await, StoreError::Unavailable(_)));
        }
        assert!(matches!(write().await, StoreError::Conflict(_)));
    }
}
