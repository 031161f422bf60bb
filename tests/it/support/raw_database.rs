//! A second connection to the database of an embedded stack, for rows that no request can write.

use std::path::Path;

use aws_sdk_dynamodb::Client;
use dynoxide::Database;
use serde_json::Value;
use shared::{
    adapters,
    store::{Store, Tables},
};
use tokio::net::TcpListener;

const TABLES: &str = "cert-reissue-local";

/// A client that writes rows without conditions.
pub(crate) struct RawDatabase(Client);

impl RawDatabase {
    pub(crate) async fn open(file: &Path) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let database = Database::new(file.to_str().unwrap()).unwrap();
        tokio::spawn(dynoxide::server::serve_on(listener, database));
        let sdk = adapters::sdk_config_for(|name| match name {
            "AWS_REGION" | "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("local".to_owned()),
            "AWS_ENDPOINT_URL" => Some(endpoint.clone()),
            _ => None,
        });
        Self(Client::new(&sdk.unwrap()))
    }

    /// Returns the store of the stack, for use cases that operators run.
    pub(crate) fn store(&self) -> Store {
        Store::new(self.0.clone(), Tables::with_prefix(TABLES))
    }

    /// Writes this row to the table `…-{table}`, replacing any row with the same key.
    pub(crate) async fn put(&self, table: &str, row: &Value) {
        let item = serde_dynamo::to_item(row).unwrap();
        self.0.put_item().table_name(format!("{TABLES}-{table}")).set_item(Some(item)).send().await.unwrap();
    }

    /// Returns the number of rows in the table `…-{table}`.
    pub(crate) async fn count(&self, table: &str) -> i32 {
        self.0.scan().table_name(format!("{TABLES}-{table}")).send().await.unwrap().count()
    }

    /// Deletes the row of the table `…-{table}` with this key.
    pub(crate) async fn delete(&self, table: &str, key: &Value) {
        let key = serde_dynamo::to_item(key).unwrap();
        self.0.delete_item().table_name(format!("{TABLES}-{table}")).set_key(Some(key)).send().await.unwrap();
    }

    /// Returns the partition key of the registry row with this sort key.
    pub(crate) async fn partition_of(&self, sort_key: &str) -> String {
        let rows = self.0.scan().table_name(format!("{TABLES}-registry")).send().await.unwrap();
        let row = rows.items().iter().find(|row| row["sk"].as_s().unwrap() == sort_key).unwrap();
        row["pk"].as_s().unwrap().clone()
    }
}
