//! Events are chained into the audit log, and its head is signed from time to time.
//!
//! The log is a series of objects that are written once, each with the lines after those of the one before:
//! `audit/lines/` and the number of its first line. Sealers may run at the same time and may die at any moment: of
//! two that write the same object one wins, and whoever comes next completes what an object says.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{refusal::Failure, statements::StatementSigner};
use domain::{
    HOUR, Timestamp,
    audit::{AuditEvent, ChainHead, TextHash},
};
use ports::{Clock, Content, ObjectStore, Precondition};
use store::{SealedLog, Store};

/// A checkpoint is signed when there are new lines and the last one is at least this many seconds old.
pub const CHECKPOINT_INTERVAL: i64 = HOUR;
/// The most lines of one object.
const MAX_LINES: i32 = 500;

/// Seals the audit log.
pub struct SealAuditLog {
    /// The records.
    pub store: Store,
    /// Where the log is kept.
    pub log: Arc<dyn ObjectStore>,
    /// Signs checkpoints.
    pub statements: StatementSigner,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What a checkpoint says: at `signed_at` the log had this head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checkpoint {
    /// How many lines there were.
    pub sequence: u64,
    /// The hash of the last one.
    pub sha256: TextHash,
    /// When, in seconds since 1970 UTC.
    pub signed_at: Timestamp,
}

/// The key of the object whose first line has the number `sequence`.
pub fn lines_key(sequence: u64) -> String {
    format!("audit/lines/{sequence:012}.jsonl")
}

/// The key of the checkpoint over `sequence` lines: a [`SignedStatement`](domain::revocation::SignedStatement) in JSON.
pub fn checkpoint_key(sequence: u64) -> String {
    format!("audit/checkpoints/{sequence:012}.json")
}

impl SealAuditLog {
    /// Chains every event that waits, then signs the head when that is due. Gives how far the log is sealed.
    ///
    /// # Errors
    ///
    /// A failure of the records, the signer or the object store, or a log that does not hang together; nothing is
    /// lost.
    pub async fn seal(&self) -> Result<SealedLog, Failure> {
        let mut sealed = self.store.sealed_log().await?;
        loop {
            let key = lines_key(sealed.head.sequence + 1);
            if let Some(object) = self.log.read(&key).await? {
                sealed = self.settle(sealed, &object.collect().await?).await?;
                continue;
            }
            let events = self.store.unsealed_events(MAX_LINES).await?;
            if events.is_empty() {
                return self.sign_head(sealed).await;
            }
            let lines = chain(&sealed.head, events)?;
            // Stored or overtaken: the next round completes what is there.
            self.log
                .put(&key, Content::Bytes(lines.as_bytes()), "application/jsonl", Precondition::Absent)
                .await?;
        }
    }

    /// The events of an object are sealed, and the log ends where it ends.
    async fn settle(&self, before: SealedLog, lines: &[u8]) -> Result<SealedLog, Failure> {
        let lines = std::str::from_utf8(lines).map_err(|error| Failure::internal(&error))?;
        let mut head = before.head.clone();
        for line in lines.lines() {
            let (event, next) = head.follow(line).map_err(|error| Failure::internal(&error))?;
            self.store.mark_done(&event.id(), self.clock.now()).await?;
            head = next;
        }
        let after = SealedLog { head, checkpoint: before.checkpoint };
        self.store.advance_sealed_log(&before, &after).await?;
        Ok(after)
    }

    async fn sign_head(&self, before: SealedLog) -> Result<SealedLog, Failure> {
        let now = self.clock.now();
        let is_due = before.checkpoint.is_none_or(|(sequence, signed_at)| {
            sequence < before.head.sequence && now.since(signed_at) >= CHECKPOINT_INTERVAL
        });
        if !is_due || before.head.sequence == 0 {
            return Ok(before);
        }
        let ChainHead { sequence, sha256 } = before.head.clone();
        let checkpoint = Checkpoint { sequence, sha256, signed_at: now };
        let signed = self.statements.sign(&checkpoint).await?;
        let signed = serde_json::to_vec(&signed).map_err(|error| Failure::internal(&error))?;
        // One that is there already, of a sealer that died, says the same.
        let key = checkpoint_key(sequence);
        self.log.put(&key, Content::Bytes(&signed), "application/json", Precondition::Absent).await?;
        let after = SealedLog { head: before.head.clone(), checkpoint: Some((sequence, now)) };
        self.store.advance_sealed_log(&before, &after).await?;
        Ok(after)
    }
}

fn chain(head: &ChainHead, events: Vec<AuditEvent>) -> Result<String, Failure> {
    let (mut head, mut lines) = (head.clone(), String::new());
    for event in events {
        let (line, next) = head.append(event).map_err(|error| Failure::internal(&error))?;
        lines.push_str(&line);
        lines.push('\n');
        head = next;
    }
    Ok(lines)
}
