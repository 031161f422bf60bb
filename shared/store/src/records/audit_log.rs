//! The state of the sealed audit log, and the audit events that await sealing.

use serde::{Deserialize, Serialize};

use super::outbox::{self, Effect, OutboxRow, is_pending_in};
use crate::{
    Store, StoreError,
    database::unavailable,
    expression::{Placeholders, equals, is_new},
    item::{from_item, text_of, to_attribute},
    key::{Key, RowKind},
    tables::PENDING_INDEX,
    write::Write,
};
use domain::{
    Timestamp,
    audit::{AuditEvent, ChainHead},
};

/// The state of the sealed audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedLog {
    pub head: ChainHead,
    /// The number of log lines covered by the last checkpoint, and the time at which the checkpoint was signed.
    pub checkpoint: Option<(u64, Timestamp)>,
}

/// The events that are not sealed yet.
#[derive(Clone, Debug, Default)]
pub struct UnsealedEvents {
    /// The events, oldest first.
    pub events: Vec<AuditEvent>,
    /// The ids of pending rows that are unreadable or do not contain the audit event with the row's id. These rows stay
    /// pending.
    pub unreadable: Vec<String>,
}

impl SealedLog {
    /// An empty log.
    pub const ORIGIN: Self = Self { head: ChainHead::ORIGIN, checkpoint: None };
}

impl Store {
    /// Returns the state of the sealed audit log.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn sealed_log(&self) -> Result<SealedLog, StoreError> {
        Ok(self.row(&key()).await?.map(from_item).transpose()?.unwrap_or(SealedLog::ORIGIN))
    }

    /// Changes the state of the sealed log from `before` to `after`. Does nothing if the stored state is no longer
    /// `before`.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn advance_sealed_log(&self, before: &SealedLog, after: &SealedLog) -> Result<(), StoreError> {
        let unchanged = equals("head", to_attribute(&before.head)?)
            .and(equals("checkpoint", to_attribute(&before.checkpoint)?));
        self.write(Write::put(key(), after, is_new().or(unchanged))?).await.map(drop)
    }

    /// Returns at most `limit` unsealed events, oldest first. The index is eventually consistent, so the newest events
    /// may be missing. Sealed events are never included.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn unsealed_events(&self, limit: usize) -> Result<UnsealedEvents, StoreError> {
        let mut placeholders = Placeholders::default();
        let unsealed = placeholders.condition(is_pending_in(Effect::AUDIT_QUEUE));
        let mut rows = self
            .client
            .query()
            .table_name(&self.tables.outbox)
            .index_name(PENDING_INDEX)
            .key_condition_expression(unsealed)
            .set_expression_attribute_names(placeholders.names())
            .set_expression_attribute_values(placeholders.values())
            .into_paginator()
            .items()
            .send();
        let mut unsealed = UnsealedEvents::default();
        while unsealed.events.len() < limit
            && let Some(row) = rows.next().await
        {
            let row = row.map_err(|error| unavailable(&error))?;
            let Some(id) = text_of(&row, "pk") else { continue };
            match self.outbox_row(id).await {
                Ok(Some(OutboxRow { effect: Effect::SealEvent { event }, done_at: None, .. }))
                    if event.id() == id =>
                {
                    unsealed.events.push(event);
                }
                Ok(None | Some(OutboxRow { done_at: Some(_), .. })) => {}
                Ok(Some(_)) | Err(StoreError::Unreadable(_)) => unsealed.unreadable.push(id.to_owned()),
                Err(error) => return Err(error),
            }
        }
        Ok(unsealed)
    }
}

/// Records an audit event. The write must be part of the transaction that makes the audited change.
pub(crate) fn record(event: AuditEvent) -> Result<Write, StoreError> {
    outbox::create(&OutboxRow {
        id: event.id(),
        created_at: event.at,
        due_at: event.at,
        done_at: None,
        effect: Effect::SealEvent { event },
    })
}

fn key() -> Key {
    Key::only(RowKind::AuditLog)
}
