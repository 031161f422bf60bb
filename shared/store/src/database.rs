//! DynamoDB calls: strongly consistent reads by key, single writes, and transactions.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    error::{BuildError, DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::KeysAndAttributes,
};

use ports::PortError;

use crate::{
    Store, StoreError,
    expression::Placeholders,
    item::{Item, text_of},
    key::{Key, Table},
    write::{Action, Write},
};

/// The name of the service in errors and metrics.
pub const SERVICE: &str = "dynamodb";

/// The rows returned by one read, each with its table.
pub(crate) struct Rows(pub(crate) Vec<(Table, Item)>);

impl Rows {
    /// Removes and returns the row with this key.
    pub(crate) fn take(&mut self, key: &Key) -> Option<Item> {
        let has_key = |(table, row): &(Table, Item)| {
            *table == key.table
                && text_of(row, "pk") == Some(&key.pk)
                && text_of(row, "sk") == key.sk.as_deref()
        };
        let found = self.0.iter().position(has_key)?;
        Some(self.0.swap_remove(found).1)
    }
}

impl Store {
    /// Reads the row with this key in one strongly consistent call.
    pub(crate) async fn row(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.client
            .get_item()
            .table_name(self.tables.name(key.table))
            .consistent_read(true)
            .set_key(Some(key.to_item()))
            .send()
            .await
            .map(|answer| answer.item)
            .map_err(|error| unavailable(&error))
    }

    /// Reads the rows with these keys in one strongly consistent call. Accepts at most 100 keys.
    pub(crate) async fn rows(&self, keys: &[Key]) -> Result<Rows, StoreError> {
        let mut by_table: HashMap<&str, Vec<Item>> = HashMap::new();
        for key in keys {
            by_table.entry(self.tables.name(key.table)).or_default().push(key.to_item());
        }
        let mut request = self.client.batch_get_item();
        for (table, keys) in by_table {
            let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
            request = request.request_items(table, keys.map_err(|error| malformed(&error))?);
        }
        let answer = request.send().await.map_err(|error| unavailable(&error))?;
        if answer.unprocessed_keys().is_some_and(|unprocessed| !unprocessed.is_empty()) {
            let message = "keys were left unprocessed".to_owned();
            return Err(PortError { service: SERVICE, message }.into());
        }
        let mut found = answer.responses.unwrap_or_default();
        let mut rows = Vec::new();
        for table in [Table::Registry, Table::Revocations, Table::Outbox] {
            let of_table = found.remove(self.tables.name(table)).unwrap_or_default();
            rows.extend(of_table.into_iter().map(|row| (table, row)));
        }
        Ok(Rows(rows))
    }

    /// Commits `writes` atomically. The SDK sends the same client request token with each retry, so DynamoDB does not
    /// apply the writes twice.
    pub(crate) async fn transact(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        let writes = writes.into_iter().map(|write| write.in_transaction(&self.tables));
        let writes = writes.collect::<Result<_, _>>()?;
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

    /// Writes one row outside a transaction, at half the cost of a transactional write. Returns false if the condition
    /// was not met.
    pub(crate) async fn write(&self, write: Write) -> Result<bool, StoreError> {
        let Write { key, action, condition } = write;
        let table = self.tables.name(key.table);
        let mut placeholders = Placeholders::default();
        let condition = placeholders.condition(condition);
        // The request builders have the same methods but no common trait.
        macro_rules! send {
            ($request:expr) => {
                $request
                    .table_name(table)
                    .condition_expression(condition)
                    .set_expression_attribute_names(placeholders.names())
                    .set_expression_attribute_values(placeholders.values())
                    .send()
                    .await
                    .map(drop)
                    .map_or_else(|error| not_written(&error), |()| Ok(true))
            };
        }
        match action {
            Action::Put(item) => send!(self.client.put_item().set_item(Some(item))),
            Action::Update(update) => {
                let update = placeholders.update(update);
                let request = self.client.update_item().set_key(Some(key.to_item()));
                send!(request.update_expression(update))
            }
            Action::Delete | Action::Check => {
                Err(malformed(&BuildError::other("rows are deleted and checked in transactions only")))
            }
        }
    }
}

/// Converts a write error to `false` if the condition was not met, and to a [`StoreError`] otherwise.
fn not_written<E>(error: &SdkError<E>) -> Result<bool, StoreError>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    match error.code() {
        Some("ConditionalCheckFailedException") => Ok(false),
        Some(code @ "TransactionConflictException") => Err(StoreError::Conflict(code.to_owned())),
        _ => Err(unavailable(error)),
    }
}

/// Converts the error of a failed DynamoDB call to a [`StoreError`].
pub(crate) fn unavailable<E>(error: &SdkError<E>) -> StoreError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    StoreError::Unavailable(PortError {
        service: SERVICE,
        message: match error.code() {
            Some(code) => code.to_owned(),
            None => DisplayErrorContext(error).to_string(),
        },
    })
}

/// Converts the error of a request builder to a [`StoreError`]. A builder error indicates a bug in this crate.
pub(crate) fn malformed(error: &BuildError) -> StoreError {
    StoreError::Unavailable(PortError::new(SERVICE, error))
}
