//! Verifies the audit log offline, using only its objects and the statement key.

use crate::statements::verify_statement;
use domain::audit::{BrokenLink, ChainHead, Checkpoint, verify_chain};
use pki::{PublicKey, StatementType};

/// The reason why an audit log is not trusted.
#[derive(Debug, thiserror::Error)]
pub enum UntrustedLog {
    /// A checkpoint is malformed, or its signature is invalid.
    #[error("checkpoint {name}: {reason}")]
    Checkpoint { name: String, reason: String },
    /// The hash chain is broken.
    #[error(transparent)]
    Chain(#[from] BrokenLink),
}

/// A log whose hash chain and checkpoints are valid.
#[derive(Debug, PartialEq, Eq)]
pub struct VerifiedLog {
    pub head: ChainHead,
    /// The number of lines after the newest checkpoint. No signature protects these lines.
    pub unsigned_lines: u64,
}

/// Verifies the signatures of the named `checkpoints` with `statement_key`. Verifies that the hash chain of `lines`
/// includes all checkpoints.
///
/// # Errors
///
/// Returns [`UntrustedLog`] with the name of the invalid checkpoint or the number of the first invalid line.
pub fn verify_audit_log<'a>(
    lines: impl IntoIterator<Item = &'a str>,
    checkpoints: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    statement_key: &PublicKey,
) -> Result<VerifiedLog, UntrustedLog> {
    let mut heads = Vec::new();
    for (name, signed) in checkpoints {
        let head = signed_head(signed, statement_key)
            .map_err(|reason| UntrustedLog::Checkpoint { name: name.to_owned(), reason })?;
        heads.push(head);
    }
    let head = verify_chain(lines, &heads)?;
    let signed = heads.iter().map(|head| head.sequence).max().unwrap_or_default();
    Ok(VerifiedLog { unsigned_lines: head.sequence.saturating_sub(signed), head })
}

fn signed_head(signed: &[u8], statement_key: &PublicKey) -> Result<ChainHead, String> {
    let signed = verify_statement(signed, StatementType::AuditCheckpoint, statement_key)
        .map_err(|error| error.to_string())?;
    let checkpoint: Checkpoint = serde_json::from_str(&signed.payload).map_err(|error| error.to_string())?;
    Ok(ChainHead { sequence: checkpoint.sequence, sha256: checkpoint.sha256 })
}
