//! Signed statements: what the service can prove afterwards.

use std::sync::Arc;

use serde::Serialize;

use crate::refusal::Failure;
use domain::revocation::SignedStatement;
use pki::{
    DetachedJws, PublicKey, StatementError,
    statement::{PreparedStatement, canonical_json},
};
use ports::Signer;

/// Signs statements, of revocations and of the audit log's checkpoints.
#[derive(Clone)]
pub struct StatementSigner {
    /// Holds the private key.
    pub signer: Arc<dyn Signer>,
    /// Its public half, which every statement is verified with before it is used.
    pub public_key: PublicKey,
}

impl StatementSigner {
    /// The canonical JSON of `statement` with its signature, which was verified.
    ///
    /// # Errors
    ///
    /// A failure of the signer, or a signature that does not verify.
    pub(super) async fn sign(&self, statement: &impl Serialize) -> Result<SignedStatement, Failure> {
        let payload = canonical_json(statement).map_err(|error| Failure::internal(&error))?;
        let prepared = PreparedStatement::new(&self.public_key, &payload);
        let signature = self.signer.sign_digest(prepared.digest().as_ref()).await?;
        let jws = prepared.assemble(&signature).map_err(|error| Failure::internal(&error))?.to_string();
        let payload = String::from_utf8(payload).map_err(|error| Failure::internal(&error))?;
        Ok(SignedStatement { payload, jws })
    }
}

/// Why a statement is not to be believed.
#[derive(Debug, thiserror::Error)]
pub enum UnverifiedStatement {
    /// Not the JSON of a [`SignedStatement`].
    #[error("not a signed statement: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Its signature is not that of the key.
    #[error(transparent)]
    Signature(#[from] StatementError),
}

/// The statement whose JSON is `signed`, verified under `statement_key`. Nothing else is needed, so it is done
/// offline.
///
/// # Errors
///
/// [`UnverifiedStatement`].
pub fn verify_statement(
    signed: &[u8],
    statement_key: &PublicKey,
) -> Result<SignedStatement, UnverifiedStatement> {
    let signed: SignedStatement = serde_json::from_slice(signed)?;
    let jws: DetachedJws = signed.jws.parse()?;
    jws.verify(signed.payload.as_bytes(), statement_key)?;
    Ok(signed)
}
