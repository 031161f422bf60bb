//! Appends events to the audit log's hash chain, and signs the head of the chain at intervals.
//!
//! The log is a series of objects, each of which is written once. Each object continues the log where the previous
//! object ends. An object's key contains the number of its first line. Sealers may run concurrently and may crash at
//! any time. If two sealers write the same object, only one write succeeds. If a sealer crashes after it has stored an
//! object, the next sealer marks the object's events as done.

use std::sync::Arc;

use crate::{refusal::Failure, statements::StatementSigner};
use domain::{
    HOUR,
    audit::{AuditEvent, ChainHead, Checkpoint},
};
use pki::{StatementType, statement::canonical_json};
use ports::{Clock, Content, ObjectStore, Precondition};
use store::{SealedLog, Store};
use telemetry::{Place, unreadable};

/// The minimum time between two checkpoints, in seconds.
pub const CHECKPOINT_INTERVAL: i64 = HOUR;
/// The maximum number of lines per object.
const MAX_LINES: usize = 500;

pub struct SealAuditLog {
    pub store: Store,
    /// The object store that contains the audit log.
    pub log: Arc<dyn ObjectStore>,
    pub statements: StatementSigner,
    pub clock: Arc<dyn Clock>,
}

/// The folder of the log's lines in the object store.
pub(crate) const LINES_FOLDER: &str = "audit/lines/";

/// Returns the key of the object whose first line has the number `sequence`.
pub fn lines_key(sequence: u64) -> String {
    format!("{LINES_FOLDER}{sequence:012}.jsonl")
}

/// Returns the number of the first line in the object `key`, or `None` if the key is not one of [`lines_key`].
pub(crate) fn first_line(key: &str) -> Option<u64> {
    let sequence = key.strip_prefix(LINES_FOLDER)?.strip_suffix(".jsonl")?.parse().ok()?;
    (lines_key(sequence) == key).then_some(sequence)
}

/// Returns the key of the checkpoint that covers the first `sequence` lines. The object contains a
/// [`SignedStatement`](domain::revocation::SignedStatement) in JSON.
pub fn checkpoint_key(sequence: u64) -> String {
    format!("audit/checkpoints/{sequence:012}.json")
}

impl SealAuditLog {
    /// Appends all pending events to the hash chain, and signs the head if a checkpoint is due. Returns the state of
    /// the sealed log.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the store fails, [`Failure::Port`] if the signer or the object store fails, and
    /// [`Failure::Internal`] if the hash chain is broken. Unsealed events remain pending after an error.
    pub async fn seal(&self) -> Result<SealedLog, Failure> {
        let mut sealed = self.store.sealed_log().await?;
        loop {
            let key = lines_key(sealed.head.sequence + 1);
            let mut damaged = None;
            if let Some(object) = self.log.read(&key).await? {
                let etag = object.etag.clone();
                match follow(&sealed.head, &object.collect().await?) {
                    Some(lines) => {
                        sealed = self.settle(sealed, lines).await?;
                        continue;
                    }
                    None => {
                        unreadable(Place::AuditLog, &key);
                        damaged = Some(etag);
                    }
                }
            }
            let unsealed = self.store.unsealed_events(MAX_LINES).await?;
            for id in &unsealed.unreadable {
                unreadable(Place::Outbox, id);
            }
            if unsealed.events.is_empty() {
                return self.sign_head(sealed).await;
            }
            let lines = chain(&sealed.head, unsealed.events)?;
            // The events of a damaged object are still pending, so a new object replaces the damaged one. The bucket
            // retains the earlier version of the object.
            let precondition = damaged.as_deref().map_or(Precondition::Absent, Precondition::Unchanged);
            // The object store now contains either this object or another sealer's object. The next iteration processes
            // the stored object.
            self.log.put(&key, Content::Bytes(lines.as_bytes()), "application/jsonl", precondition).await?;
        }
    }

    /// Marks the events in a stored object as done, and advances the head of the log to the object's last line.
    async fn settle(
        &self,
        before: SealedLog,
        (events, head): (Vec<AuditEvent>, ChainHead),
    ) -> Result<SealedLog, Failure> {
        for event in events {
            self.store.mark_done(&event.id(), self.clock.now()).await?;
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
        let signed = self.statements.sign(StatementType::AuditCheckpoint, checkpoint).await?;
        let signed = serde_json::to_vec(&signed).map_err(Failure::internal)?;
        // If a crashed sealer has already stored this checkpoint, the stored checkpoint has the same head.
        let key = checkpoint_key(sequence);
        self.log.put(&key, Content::Bytes(&signed), "application/json", Precondition::Absent).await?;
        let after = SealedLog { head: before.head.clone(), checkpoint: Some((sequence, now)) };
        self.store.advance_sealed_log(&before, &after).await?;
        Ok(after)
    }
}

/// Returns the events in the lines that follow `head`, and the last head. Returns `None` if there are no lines or if
/// one of them does not continue the hash chain.
fn follow(head: &ChainHead, lines: &[u8]) -> Option<(Vec<AuditEvent>, ChainHead)> {
    let (mut head, mut events) = (head.clone(), Vec::new());
    for line in std::str::from_utf8(lines).ok()?.split_terminator('\n') {
        let (event, next) = head.follow(line).ok()?;
        events.push(event);
        head = next;
    }
    (!events.is_empty()).then_some((events, head))
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
