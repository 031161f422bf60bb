//! Audit events, from the transaction that records them until they are sealed.

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::TransactWriteItem};
use serde::{Deserialize, Serialize};

use super::{
    Effect, OutboxRow, Store, StoreError, from_item, items::Key, tables, text, to_attribute, to_item,
    unavailable,
};
use domain::{
    Timestamp,
    audit::{AuditEvent, ChainHead},
};

/// The state of the sealed audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedLog {
    /// The end of the chain.
    pub head: ChainHead,
    /// The number of lines under the last checkpoint, and the time of its signature.
    pub checkpoint: Option<(u64, Timestamp)>,
}

impl SealedLog {
    /// A log without lines.
    pub const ORIGIN: Self = Self { head: ChainHead::ORIGIN, checkpoint: None };
}

impl Store {
    /// Returns the state of the sealed audit log.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn sealed_log(&self) -> Result<SealedLog, StoreError> {
        Ok(self.row(&Key::audit_log()).await?.map(from_item).transpose()?.unwrap_or(SealedLog::ORIGIN))
    }

    /// Moves the recorded state of the sealed log from `before` to `after`. Does nothing if another sealer moved it
    /// first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn advance_sealed_log(&self, before: &SealedLog, after: &SealedLog) -> Result<(), StoreError> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.tables.registry)
            .set_item(Some(to_item(&Key::audit_log(), after)?))
            .condition_expression("attribute_not_exists(pk) OR (head = :head AND checkpoint = :checkpoint)")
            .expression_attribute_values(":head", to_attribute(&before.head)?)
            .expression_attribute_values(":checkpoint", to_attribute(&before.checkpoint)?)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(()),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// Returns at most `limit` events that are not sealed yet, oldest first. The index is eventually consistent, so the
    /// newest events may be missing. Sealed events are never included.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn unsealed_events(&self, limit: i32) -> Result<Vec<AuditEvent>, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.outbox)
            .index_name(tables::PENDING_INDEX)
            .key_condition_expression("#pending = :queue")
            .expression_attribute_names("#pending", "pending")
            .expression_attribute_values(":queue", text(Effect::AUDIT_QUEUE))
            .limit(limit)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        let mut events = Vec::new();
        for key in page.items() {
            let Some(id) = key.get("pk").and_then(|pk| pk.as_s().ok()) else { continue };
            let row = self.outbox_row(id).await?.filter(|row| row.done_at.is_none());
            if let Some(Effect::SealEvent { event }) = row.map(|row| row.effect) {
                events.push(event);
            }
        }
        Ok(events)
    }

    /// Returns the write that records `event`, for the transaction that makes the change.
    pub(super) fn audit(&self, event: AuditEvent) -> Result<TransactWriteItem, StoreError> {
        self.outbox_put(&OutboxRow {
            id: event.id(),
            created_at: event.at,
            due_at: event.at,
            done_at: None,
            effect: Effect::SealEvent { event },
        })
    }
}
