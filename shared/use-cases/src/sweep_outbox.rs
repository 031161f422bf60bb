//! Finds the outbox rows that need another queue message.
//!
//! The table's stream delivers each new row once. The row's message can be lost, or the function that processes the
//! message can fail while a dependency is unavailable. The sweep therefore finds each row that is due and still
//! pending, and does not store any other state.

use std::sync::Arc;

use crate::refusal::Failure;
use domain::{MINUTE, Timestamp};
use ports::Clock;
use store::{DueRow, Store, StoreError};

/// The time in seconds that the sweep waits for the previous message of a row to be processed.
pub const GRACE: i64 = 4 * MINUTE;
/// The maximum number of rows per queue in one sweep. The oldest rows come first.
pub const MAX_ROWS: usize = 1_000;

/// The use case that finds rows to send again.
pub struct SweepOutbox {
    /// The store.
    pub store: Store,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl SweepOutbox {
    /// Returns the IDs of the rows in `queue` that need a message now, oldest first. The result contains rows that have
    /// been pending for [`GRACE`], and held rows that are due, because the relay sends no message for a held row.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the store cannot list the rows.
    pub async fn rows_to_send(&self, queue: &str) -> Result<Vec<String>, Failure> {
        let now = self.clock.now();
        let mut ids = Vec::new();
        for row in self.store.due_rows(queue, now).await? {
            if ids.len() == MAX_ROWS {
                tracing::warn!(queue, "more rows are due than one sweep sends");
                break;
            }
            if self.is_to_be_sent(&row, now).await? {
                ids.push(row.id);
            }
        }
        if !ids.is_empty() {
            tracing::info!(queue, rows = ids.len(), "rows are sent to their queue");
        }
        Ok(ids)
    }

    async fn is_to_be_sent(&self, row: &DueRow, now: Timestamp) -> Result<bool, Failure> {
        match row.due_at {
            Some(due_at) if now.since(due_at) < GRACE => match self.store.outbox_row(&row.id).await {
                Ok(found) => Ok(found.is_some_and(|row| row.done_at.is_none() && row.is_held())),
                // After the grace period, the queue's function reports the unreadable row.
                Err(StoreError::Unreadable(_)) => Ok(false),
                Err(error) => Err(error.into()),
            },
            _ => Ok(true),
        }
    }
}
