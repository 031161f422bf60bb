//! Creates revocations with signed statements. Each statement is signed before its revocation is written to the store.

use crate::{refusal::Failure, statements::StatementSigner};
use domain::{
    Timestamp,
    certificate::Certificate,
    receipt::ReceiptNumber,
    revocation::{RevocationReason, RevocationStatement, RevokedCertificate, SignedStatement},
};
use pki::{StatementType, statement::canonical_json};

impl StatementSigner {
    /// Returns a revocation of `certificate` at `revoked_at`, with its signed and verified statement. The revocation
    /// reason is "superseded", because the application with `receipt_number` replaces the certificate. Does not write
    /// to the store.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Port`] if the signer fails, and [`Failure::Internal`] if the signature is invalid.
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
        let statement = canonical_json(&statement).map_err(Failure::internal)?;
        let statement = self.sign(StatementType::Revocation, statement).await?;
        Ok((revoked, statement))
    }
}
