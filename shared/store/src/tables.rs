//! Table names, keys and indexes.

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
        ProjectionType, ScalarAttributeType, TimeToLiveSpecification,
    },
};

use crate::{
    Store, StoreError,
    database::{malformed, unavailable},
    key::Table,
};

/// A sparse index of the outbox rows whose effect is still pending.
pub(crate) const PENDING_INDEX: &str = "pending";
/// A sparse index of the revocations that have the `unlisted` attribute. The index has no sort key, so it also contains
/// rows whose other attributes are damaged. The publisher reports damaged rows.
pub(crate) const UNLISTED_INDEX: &str = "unlisted";
/// The attribute that contains a row's expiry time, after which DynamoDB deletes the row. Sessions, throttles,
/// idempotency records and completed outbox rows have an expiry time.
pub(crate) const TTL_ATTRIBUTE: &str = "ttl";

#[derive(Clone, Debug)]
pub struct Tables {
    /// Contains enrollments (with their certificates, applications and sessions), throttles and pointers.
    pub registry: String,
    /// Contains the revocations from which CRLs are generated.
    pub revocations: String,
    /// Contains the pending and completed effects of transactions.
    pub outbox: String,
}

impl Tables {
    /// Returns the table names for a `prefix` such as `cert-reissue-prod`.
    pub fn with_prefix(prefix: &str) -> Self {
        Self {
            registry: format!("{prefix}-registry"),
            revocations: format!("{prefix}-revocations"),
            outbox: format!("{prefix}-outbox"),
        }
    }

    pub(crate) fn name(&self, table: Table) -> &str {
        match table {
            Table::Registry => &self.registry,
            Table::Revocations => &self.revocations,
            Table::Outbox => &self.outbox,
        }
    }

    pub fn definitions(&self) -> [TableDefinition<'_>; 3] {
        [
            TableDefinition { name: &self.registry, sort_key: true, index: None, ttl: true },
            TableDefinition {
                name: &self.revocations,
                sort_key: false,
                index: Some(SparseIndex { name: UNLISTED_INDEX, partition_key: "unlisted", sort_key: None }),
                ttl: false,
            },
            TableDefinition {
                name: &self.outbox,
                sort_key: false,
                index: Some(SparseIndex {
                    name: PENDING_INDEX,
                    partition_key: "pending",
                    sort_key: Some("due_at"),
                }),
                ttl: true,
            },
        ]
    }
}

/// A table with the partition key `pk` and an optional sort key `sk`, both of type string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableDefinition<'a> {
    pub name: &'a str,
    /// True if the table has the sort key `sk`.
    pub sort_key: bool,
    pub index: Option<SparseIndex<'a>>,
    /// True if DynamoDB deletes each row after the time in its `ttl` attribute.
    pub ttl: bool,
}

/// A sparse index, which contains only the rows that have the index's key attributes. The index stores only key
/// attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SparseIndex<'a> {
    pub name: &'a str,
    /// The partition key, of type string.
    pub partition_key: &'a str,
    /// The optional sort key, of type number.
    pub sort_key: Option<&'a str>,
}

impl Store {
    /// Creates any missing tables for the local stack and the tests. In a deployment, the infrastructure template
    /// creates the tables.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn create_missing_tables(&self) -> Result<(), StoreError> {
        for definition in self.tables.definitions() {
            if self.create_table(definition).await? && definition.ttl {
                self.enable_ttl(definition.name).await?;
            }
        }
        Ok(())
    }

    async fn create_table(&self, definition: TableDefinition<'_>) -> Result<bool, StoreError> {
        let mut request = self
            .client
            .create_table()
            .table_name(definition.name)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute("pk", ScalarAttributeType::S)?)
            .key_schema(key("pk", KeyType::Hash)?);
        if definition.sort_key {
            request = request
                .attribute_definitions(attribute("sk", ScalarAttributeType::S)?)
                .key_schema(key("sk", KeyType::Range)?);
        }
        if let Some(index) = definition.index {
            let keys_only = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
            let mut sparse = GlobalSecondaryIndex::builder()
                .index_name(index.name)
                .key_schema(key(index.partition_key, KeyType::Hash)?)
                .projection(keys_only);
            request = request.attribute_definitions(attribute(index.partition_key, ScalarAttributeType::S)?);
            if let Some(sort_key) = index.sort_key {
                sparse = sparse.key_schema(key(sort_key, KeyType::Range)?);
                request = request.attribute_definitions(attribute(sort_key, ScalarAttributeType::N)?);
            }
            request = request.global_secondary_indexes(sparse.build().map_err(|error| malformed(&error))?);
        }
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("ResourceInUseException") => Ok(false),
            Err(error) => Err(unavailable(&error)),
        }
    }

    async fn enable_ttl(&self, table: &str) -> Result<(), StoreError> {
        let specification = TimeToLiveSpecification::builder()
            .attribute_name(TTL_ATTRIBUTE)
            .enabled(true)
            .build()
            .map_err(|error| malformed(&error))?;
        self.client
            .update_time_to_live()
            .table_name(table)
            .time_to_live_specification(specification)
            .send()
            .await
            .map(drop)
            .map_err(|error| unavailable(&error))
    }
}

fn attribute(name: &str, kind: ScalarAttributeType) -> Result<AttributeDefinition, StoreError> {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(kind)
        .build()
        .map_err(|error| malformed(&error))
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, StoreError> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().map_err(|error| malformed(&error))
}
