//! Signed statements, which prove the service's actions later.

use std::sync::Arc;

use crate::refusal::Failure;
use domain::revocation::SignedStatement;
use pki::{DetachedJws, PublicKey, StatementError, statement::PreparedStatement};
use ports::Signer;

/// The signer of statements about revocations and audit log checkpoints.
#[derive(Clone)]
pub struct StatementSigner {
    /// The signer that uses the private key.
    pub signer: Arc<dyn Signer>,
    /// The public key. Every statement is verified with this key before it is used.
    pub public_key: PublicKey,
}

impl StatementSigner {
    /// Returns `statement`, which is canonical JSON, with its verified signature.
    ///
    /// # Errors
    ///
    /// [`Failure::Port`] if the signer fails, or [`Failure::Internal`] if the signature does not verify.
    pub(super) async fn sign(&self, statement: Vec<u8>) -> Result<SignedStatement, Failure> {
        let prepared = PreparedStatement::new(&self.public_key, &statement);
        let signature = self.signer.sign_digest(prepared.digest().as_ref()).await?;
        let jws = prepared.assemble(&signature).map_err(Failure::internal)?.to_string();
        let payload = String::from_utf8(statement).map_err(Failure::internal)?;
        Ok(SignedStatement { payload, jws })
    }
}

/// The reason why a statement is not trusted.
#[derive(Debug, thiserror::Error)]
pub enum UnverifiedStatement {
    /// The input is not the JSON of a [`SignedStatement`].
    #[error("not a signed statement: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The signature does not verify under the key.
    #[error(transparent)]
    Signature(#[from] StatementError),
}

/// Parses the signed statement in the JSON `signed`, and verifies it with `statement_key`. Works offline.
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
