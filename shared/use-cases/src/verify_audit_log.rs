//! The audit log is verified from its objects alone, offline.

use crate::{seal_audit_log::Checkpoint, statements::verify_statement};
use domain::audit::{BrokenLink, ChainHead, verify_chain};
use pki::PublicKey;

/// Why a log is not to be trusted.
#[derive(Debug, thiserror::Error)]
pub enum UntrustedLog {
    /// A checkpoint is none of this service, or not signed by its key.
    #[error("checkpoint {name}: {reason}")]
    Checkpoint {
        /// Which one.
        name: String,
        /// Why.
        reason: String,
    },
    /// The chain does not hang together.
    #[error(transparent)]
    Chain(#[from] BrokenLink),
}

/// Verifies the signatures of all `checkpoints`, each with its name, under `statement_key`, and follows the chain of
/// the `lines` through all of them. Gives the chain's end.
///
/// # Errors
///
/// [`UntrustedLog`], naming the checkpoint or the first line at fault.
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
