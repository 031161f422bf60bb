//! The tables: their names, keys and indexes.

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
        ProjectionType, ScalarAttributeType, TimeToLiveSpecification,
    },
};

use super::{Store, StoreError, malformed, unavailable};

/// The sparse index of outbox rows whose effect is still to come.
pub(super) const PENDING_INDEX: &str = "pending";
/// The attribute by which DynamoDB removes sessions, throttles and idempotency records after their time.
pub(super) const TTL_ATTRIBUTE: &str = "ttl";

/// The names of the tables.
#[derive(Clone, Debug)]
pub struct Tables {
    /// Enrollments with their certificates, applications and sessions; throttles; pointers.
    pub registry: String,
    /// Every revocation: the truth from which CRLs are made.
    pub revocations: String,
    /// Effects that must still happen.
    pub outbox: String,
}

impl Tables {
    /// The names of the deployment `prefix`, such as `cert-reissue-prod`.
    pub fn with_prefix(prefix: &str) -> Self {
        Self {
            registry: format!("{prefix}-registry"),
            revocations: format!("{prefix}-revocations"),
            outbox: format!("{prefix}-outbox"),
        }
    }

    /// What each table looks like.
    pub fn definitions(&self) -> [TableDefinition<'_>; 3] {
        [
            TableDefinition { name: &self.registry, sort_key: true, pending_index: false, ttl: true },
            TableDefinition { name: &self.revocations, sort_key: false, pending_index: false, ttl: false },
            TableDefinition { name: &self.outbox, sort_key: false, pending_index: true, ttl: true },
        ]
    }
}

/// A table: partition key `pk`, sort key `sk` where there is one, all strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableDefinition<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it has the sort key `sk`.
    pub sort_key: bool,
    /// Whether it has the sparse index `pending`, by effect and due time.
    pub pending_index: bool,
    /// Whether rows leave at the time in their attribute `ttl`.
    pub ttl: bool,
}

impl Store {
    /// Creates the tables that do not exist yet: for the local stack and the tests; a deployment has them
    /// from its template.
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
        if definition.pending_index {
            let index = GlobalSecondaryIndex::builder()
                .index_name(PENDING_INDEX)
                .key_schema(key("pending", KeyType::Hash)?)
                .key_schema(key("due_at", KeyType::Range)?)
                .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
                .build()
                .map_err(|error| malformed(&error))?;
            request = request
                .attribute_definitions(attribute("pending", ScalarAttributeType::S)?)
                .attribute_definitions(attribute("due_at", ScalarAttributeType::N)?)
                .global_secondary_indexes(index);
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
