//! Revocations with their signed statements: record before acting.

use std::sync::Arc;

use crate::{
    domain::{
        Timestamp,
        certificate::Certificate,
        receipt::ReceiptNumber,
        revocation::{RevocationReason, RevocationStatement, RevokedCertificate, SignedStatement},
    },
    pki::{
        PublicKey,
        statement::{PreparedStatement, canonical_json},
    },
    ports::Signer,
    refusal::Failure,
};

/// Signs revocation statements.
#[derive(Clone)]
pub struct StatementSigner {
    /// Holds the private key.
    pub signer: Arc<dyn Signer>,
    /// Its public half, which every statement is verified with before it is used.
    pub public_key: PublicKey,
}

impl StatementSigner {
    /// The revocation of `certificate` at `revoked_at`, because the application with `receipt_number` supersedes it,
    /// and its statement: signed, and verified, before anything is revoked.
    ///
    /// # Errors
    ///
    /// A failure of the signer, or a signature that does not verify.
    pub async fn supersede(
        &self,
        certificate: &Certificate,
        receipt_number: &ReceiptNumber,
        revoked_at: Timestamp,
    ) -> Result<(RevokedCertificate, SignedStatement), Failure> {
        let revoked = RevokedCertificate {
            serial_number: certificate.serial_number.clone(),
            revoked_at,
            reason: RevocationReason::Superseded,
            not_after: certificate.validity.not_after(),
            crl_shard: certificate.crl_shard,
        };
        let statement = RevocationStatement {
            serial_number: &revoked.serial_number,
            certificate_sha256: &certificate.sha256,
            coupon_number: &certificate.coupon_number,
            reason: revoked.reason,
            revoked_at,
            receipt_number,
        };
        let payload = canonical_json(&statement).map_err(|error| Failure::Internal(error.to_string()))?;
        let prepared = PreparedStatement::new(&self.public_key, &payload);
        let signature = self.signer.sign_digest(prepared.digest().as_ref()).await?;
        let jws = prepared.assemble(&signature).map_err(|error| Failure::Internal(error.to_string()))?;
        let payload = String::from_utf8(payload).map_err(|error| Failure::Internal(error.to_string()))?;
        Ok((revoked, SignedStatement { payload, jws: jws.to_string() }))
    }
}
