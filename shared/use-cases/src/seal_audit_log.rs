//! Adds events to the hash chain of the audit log, and signs its head at intervals.
//!
//! The log is a series of objects. Each object is written once. Each object contains the lines after the lines of the
//! previous object. The object's key is `audit/lines/` followed by the number of its first line. Sealers may run at the
//! same time and may crash at any moment. If two sealers write the same object, only one write succeeds. If a sealer
//! crashes after it stored an object, the next sealer marks the events in the object as done.

use std::sync::Arc;

use crate::{refusal::Failure, statements::StatementSigner};
use domain::{
    HOUR,
    audit::{AuditEvent, ChainHead, Checkpoint},
};
use pki::statement::canonical_json;
use ports::{Clock, Content, ObjectStore, Precondition};
use store::{SealedLog, Store};

/// The minimum age of the last checkpoint in seconds before new lines are signed.
pub const CHECKPOINT_INTERVAL: i64 = HOUR;
/// The maximum number of lines in one object.
const MAX_LINES: i32 = 500;

/// The use case that seals the audit log.
pub struct SealAuditLog {
    /// The store.
    pub store: Store,
    /// The object store of the log.
    pub log: Arc<dyn ObjectStore>,
    /// The signer of checkpoints.
    pub statements: StatementSigner,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// Returns the key of the object whose first line has the number `sequence`.
pub fn lines_key(sequence: u64) -> String {
    format!("audit/lines/{sequence:012}.jsonl")
}

/// Returns the key of the checkpoint over `sequence` lines. The object is a
/// [`SignedStatement`](domain::revocation::SignedStatement) in JSON.
pub fn checkpoint_key(sequence: u64) -> String {
    format!("audit/checkpoints/{sequence:012}.json")
}

impl SealAuditLog {
    /// Adds every pending event to the hash chain, then signs the head if a checkpoint is due. Returns the state of the
    /// sealed log.
    ///
    /// # Errors
    ///
    /// [`Failure::Store`], [`Failure::Port`] if the signer or the object store fails, or [`Failure::Internal`] if the
    /// hash chain is broken. No event is lost.
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
            // The store now contains either this object or the object of another sealer. The next round processes the
            // stored object.
            self.log
                .put(&key, Content::Bytes(lines.as_bytes()), "application/jsonl", Precondition::Absent)
                .await?;
        }
    }

    /// Marks the events in a stored object as done, and moves the head of the log to the last line of the object.
    async fn settle(&self, before: SealedLog, lines: &[u8]) -> Result<SealedLog, Failure> {
        let lines = std::str::from_utf8(lines).map_err(Failure::internal)?;
        let mut head = before.head.clone();
        for line in lines.lines() {
            let (event, next) = head.follow(line).map_err(Failure::internal)?;
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
        let checkpoint = canonical_json(&checkpoint).map_err(Failure::internal)?;
        let signed = self.statements.sign(checkpoint).await?;
        let signed = serde_json::to_vec(&signed).map_err(Failure::internal)?;
        // If a crashed sealer has already stored this checkpoint, the stored checkpoint has the same head.
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
        let (line, next) = head.append(event).map_err(Failure::internal)?;
        lines.push_str(&line);
        lines.push('\n');
        head = next;
    }
    Ok(lines)
}
