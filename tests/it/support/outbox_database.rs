//! An in-memory database, and rows that tests write to its tables.

use aws_sdk_dynamodb::Client;
use serde_json::Value;
use shared::store::Store;

use super::call_budget::{CallBudget, TABLES, records};

/// An in-memory database without a limit on calls.
pub(crate) struct OutboxDatabase {
    pub(crate) store: Store,
    client: Client,
}

impl OutboxDatabase {
    pub(crate) async fn new() -> Self {
        let (store, client) = records(&CallBudget::new()).await;
        Self { store, client }
    }

    /// Writes this row of the outbox.
    pub(crate) async fn put(&self, row: &Value) {
        let item = serde_dynamo::to_item(row).unwrap();
        let table = format!("{TABLES}-outbox");
        self.client.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
    }
}
