//! Signs and verifies statements, which provide evidence of the service's actions.

use std::sync::Arc;

use crate::refusal::Failure;
use domain::revocation::SignedStatement;
use pki::{DetachedJws, PublicKey, StatementError, StatementType, statement::PreparedStatement};
use ports::Signer;

/// Signs statements about revocations and audit log checkpoints.
#[derive(Clone)]
pub struct StatementSigner {
    /// The signer that uses the statement key.
    pub signer: Arc<dyn Signer>,
    /// The public key that verifies every statement before use.
    pub public_key: PublicKey,
}

impl StatementSigner {
    /// Signs `statement` of type `typ`, which is canonical JSON, and verifies the signature.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Port`] if the signer fails, and [`Failure::Internal`] if the signature is invalid.
    pub(super) async fn sign(
        &self,
        typ: StatementType,
        statement: Vec<u8>,
    ) -> Result<SignedStatement, Failure> {
        let prepared = PreparedStatement::new(&self.public_key, typ, &statement);
        let signature = self.signer.sign_digest(prepared.digest().as_ref()).await?;
        let jws = prepared.assemble(&signature).map_err(Failure::internal)?.to_string();
        let payload = String::from_utf8(statement).map_err(Failure::internal)?;
        Ok(SignedStatement { payload, jws })
    }
}

/// The reason why a signed statement is not trusted.
#[derive(Debug, thiserror::Error)]
pub enum UnverifiedStatement {
    /// The input is not a [`SignedStatement`] in JSON format.
    #[error("not a signed statement: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The signature is malformed or invalid.
    #[error(transparent)]
    Signature(#[from] StatementError),
}

/// Parses the signed statement in the JSON `signed`, and verifies its type and its signature with `statement_key`. The
/// verification works offline.
///
/// # Errors
///
/// Returns [`UnverifiedStatement`] if the JSON or the signature is invalid, or if the statement has another type.
pub fn verify_statement(
    signed: &[u8],
    typ: StatementType,
    statement_key: &PublicKey,
) -> Result<SignedStatement, UnverifiedStatement> {
    let signed: SignedStatement = serde_json::from_slice(signed)?;
    let jws: DetachedJws = signed.jws.parse()?;
    jws.verify(signed.payload.as_bytes(), typ, statement_key)?;
    Ok(signed)
}
