//! The names, keys and indexes of the tables.

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

/// The sparse index of outbox rows whose effect has not happened yet.
pub(crate) const PENDING_INDEX: &str = "pending";
/// The sparse index of revocations with the attribute `unlisted`. It has no sort key, so it also contains rows whose
/// other attributes are damaged. The publisher reports these rows.
pub(crate) const UNLISTED_INDEX: &str = "unlisted";
/// The attribute that contains the expiry time. DynamoDB then deletes the session, throttle, idempotency record or
/// completed outbox row.
pub(crate) const TTL_ATTRIBUTE: &str = "ttl";

/// The names of the tables.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The table of enrollments (with certificates, applications and sessions), throttles and pointers.
    pub registry: String,
    /// The table of revocations, from which CRLs are generated.
    pub revocations: String,
    /// The table of effects that follow from transactions.
    pub outbox: String,
}

impl Tables {
    /// Returns the table names of the deployment with this `prefix`, such as `cert-reissue-prod`.
    pub fn with_prefix(prefix: &str) -> Self {
        Self {
            registry: format!("{prefix}-registry"),
            revocations: format!("{prefix}-revocations"),
            outbox: format!("{prefix}-outbox"),
        }
    }

    /// Returns the name of this table.
    pub(crate) fn name(&self, table: Table) -> &str {
        match table {
            Table::Registry => &self.registry,
            Table::Revocations => &self.revocations,
            Table::Outbox => &self.outbox,
        }
    }

    /// Returns the definitions of the tables.
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

/// The definition of a table that has the partition key `pk` and an optional sort key `sk`. Both keys are strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableDefinition<'a> {
    /// The name of the table.
    pub name: &'a str,
    /// True if the table has the sort key `sk`.
    pub sort_key: bool,
    /// The sparse index of the table, if any.
    pub index: Option<SparseIndex<'a>>,
    /// True if DynamoDB deletes each row at the time in its attribute `ttl`.
    pub ttl: bool,
}

/// A sparse index, which contains the rows that have its key attributes. It contains only keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SparseIndex<'a> {
    /// The name of the index.
    pub name: &'a str,
    /// The partition key, which is a string.
    pub partition_key: &'a str,
    /// The sort key, which is a number, if the index has a sort key.
    pub sort_key: Option<&'a str>,
}

impl Store {
    /// Creates the tables that do not exist yet, for the local stack and the tests. A deployment creates them from its
    /// template.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
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
