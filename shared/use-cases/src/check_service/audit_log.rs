//! Checks that the objects of the audit log form a chain that ends with the sealed head.

use std::collections::BTreeMap;

use super::{CheckService, Fault, Finding, Location, unreadable_row};
use crate::{
    refusal::Failure,
    seal_audit_log::{LINES_FOLDER, checkpoint_key, first_line, lines_key},
    statements::verify_statement,
};
use domain::audit::{ChainHead, Checkpoint};
use pki::StatementType;
use store::SealedLog;

/// The number of the newest objects of the audit log that a check reads. `audit verify` reads the whole log.
pub const MAX_LOG_OBJECTS: usize = 200;

/// The chain that the objects form, as far as it was read.
struct Chain {
    /// The head after the last object that was read, or `None` after an object that cannot be read.
    head: Option<ChainHead>,
    findings: Vec<Finding>,
}

impl CheckService {
    pub(super) async fn check_audit_log(&self) -> Result<Vec<Finding>, Failure> {
        // A sealer may run at the same time. Every object up to the first head is therefore in the listing, and every
        // object in the listing except one is sealed in the second head.
        let before = match self.store().sealed_log().await {
            Ok(sealed) => sealed,
            Err(error) => return Ok(vec![unreadable_row(error)?]),
        };
        let listed = self.log.list(LINES_FOLDER).await?;
        let objects: BTreeMap<_, _> =
            listed.into_iter().filter_map(|object| Some((first_line(&object.key)?, object.key))).collect();
        let after = self.store().sealed_log().await?;

        let sealed: Vec<_> = objects.range(..=before.head.sequence).collect();
        let mut findings = self.check_sealed(&before.head, &sealed).await?;
        findings.extend(self.check_checkpoint(&before).await?);
        let unsealed: Vec<_> = objects.range(after.head.sequence + 1..).map(|(_, key)| key).collect();
        findings.extend(self.check_unsealed(&after.head, &unsealed).await?);
        Ok(findings)
    }

    /// Checks that the newest of these objects are consecutive and end with `head`.
    async fn check_sealed(
        &self,
        head: &ChainHead,
        objects: &[(&u64, &String)],
    ) -> Result<Vec<Finding>, Failure> {
        let newest = &objects[objects.len().saturating_sub(MAX_LOG_OBJECTS)..];
        let is_whole = newest.len() == objects.len();
        let mut chain = Chain { head: is_whole.then_some(ChainHead::ORIGIN), findings: Vec::new() };
        for (first, key) in newest {
            let Some(object) = self.log.read(key).await? else { continue };
            chain.follow(**first, key, &object.collect().await?);
        }
        if let Some(end) = chain.head {
            if end.sequence < head.sequence {
                chain.findings.push(Finding::state(&lines_key(end.sequence + 1), Fault::Missing));
            } else if end != *head {
                let key = newest.last().map_or_else(|| lines_key(1), |(_, key)| (*key).clone());
                let reason = "the last line is not the line that was sealed".to_owned();
                chain.findings.push(Finding::state(&key, Fault::BrokenLog(reason)));
            }
        }
        Ok(chain.findings)
    }

    async fn check_checkpoint(&self, sealed: &SealedLog) -> Result<Option<Finding>, Failure> {
        let Some((sequence, _)) = sealed.checkpoint else { return Ok(None) };
        let key = checkpoint_key(sequence);
        let Some(object) = self.log.read(&key).await? else {
            return Ok(Some(Finding::state(&key, Fault::Missing)));
        };
        let signed =
            verify_statement(&object.collect().await?, StatementType::AuditCheckpoint, &self.keys.statement);
        let checkpoint =
            signed.ok().and_then(|signed| serde_json::from_str::<Checkpoint>(&signed.payload).ok());
        let is_valid = checkpoint.is_some_and(|checkpoint| checkpoint.sequence == sequence);
        Ok((!is_valid).then(|| Finding::state(&key, Fault::InvalidCheckpoint)))
    }

    /// Checks that the database contains the events of the objects after its head. A sealer that crashes leaves at most
    /// one such object, whose events the database contains. An object that cannot be read is replaced by the next
    /// sealer.
    async fn check_unsealed(&self, head: &ChainHead, keys: &[&String]) -> Result<Option<Finding>, Failure> {
        let Some(first) = keys.first() else { return Ok(None) };
        let is_older = keys.len() > 1 || **first != lines_key(head.sequence + 1) || {
            match self.first_event(head, first).await? {
                Some(id) => matches!(self.store().outbox_row(&id).await, Ok(None)),
                None => false,
            }
        };
        Ok(is_older
            .then(|| Finding::new(Location::Database, Fault::OlderThan(format!("the object {first}")))))
    }

    /// Returns the id of the first event in the object `key`, which continues the log after `head`.
    async fn first_event(&self, head: &ChainHead, key: &str) -> Result<Option<String>, Failure> {
        let Some(object) = self.log.read(key).await? else { return Ok(None) };
        let content = object.collect().await?;
        let line = std::str::from_utf8(&content).ok().and_then(|text| text.lines().next());
        Ok(line.and_then(|line| head.follow(line).ok()).map(|(event, _)| event.id()))
    }
}

impl Chain {
    /// Appends the object `key`, whose first line has the number `first`.
    fn follow(&mut self, first: u64, key: &str, content: &[u8]) {
        let lines = std::str::from_utf8(content).unwrap_or_default();
        let start = lines.lines().next().and_then(ChainHead::before);
        let start = match self.head.take() {
            Some(head) if head.sequence + 1 == first => Some(head),
            Some(head) => {
                self.findings.push(Finding::state(&lines_key(head.sequence + 1), Fault::Missing));
                start
            }
            None => start,
        };
        let Some(mut head) = start else {
            return self.findings.push(Finding::state(key, Fault::Unreadable));
        };
        for line in lines.split_terminator('\n') {
            match head.follow(line) {
                Ok((_, next)) => head = next,
                Err(broken) => {
                    return self.findings.push(Finding::state(key, Fault::BrokenLog(broken.to_string())));
                }
            }
        }
        if head.sequence < first {
            return self.findings.push(Finding::state(key, Fault::Unreadable));
        }
        self.head = Some(head);
    }
}
