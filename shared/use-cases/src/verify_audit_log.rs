//! Verifies the audit log offline, with no data except its objects.

use crate::statements::verify_statement;
use domain::audit::{BrokenLink, ChainHead, Checkpoint, verify_chain};
use pki::PublicKey;

/// The reason why a log is not trusted.
#[derive(Debug, thiserror::Error)]
pub enum UntrustedLog {
    /// A checkpoint is malformed, or its signature does not verify.
    #[error("checkpoint {name}: {reason}")]
    Checkpoint {
        /// The checkpoint's name.
        name: String,
        /// The reason.
        reason: String,
    },
    /// The chain is broken.
    #[error(transparent)]
    Chain(#[from] BrokenLink),
}

/// Verifies the signatures of all `checkpoints`, each with its name, with `statement_key`. Follows the hash chain of
/// the `lines` through all checkpoints, and returns its head.
///
/// # Errors
///
/// [`UntrustedLog`] with the name of the checkpoint or the number of the first invalid line.
pub fn verify_audit_log<'a>(
    lines: impl IntoIterator<Item = &'a str>,
    checkpoints: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    statement_key: &PublicKey,
) -> Result<ChainHead, UntrustedLog> {
    let mut heads = Vec::new();
    for (name, signed) in checkpoints {
        let head = signed_head(signed, statement_key)
            .map_err(|reason| UntrustedLog::Checkpoint { name: name.to_owned(), reason })?;
        heads.push(head);
    }
    Ok(verify_chain(lines, &heads)?)
}

fn signed_head(signed: &[u8], statement_key: &PublicKey) -> Result<ChainHead, String> {
    let signed = verify_statement(signed, statement_key).map_err(|error| error.to_string())?;
    let checkpoint: Checkpoint = serde_json::from_str(&signed.payload).map_err(|error| error.to_string())?;
    Ok(ChainHead { sequence: checkpoint.sequence, sha256: checkpoint.sha256 })
}
