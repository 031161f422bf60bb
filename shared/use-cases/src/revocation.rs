//! Revocations with their signed statements: record before acting.

use crate::{refusal::Failure, statements::StatementSigner};
use domain::{
    Timestamp,
    certificate::Certificate,
    receipt::ReceiptNumber,
    revocation::{RevocationReason, RevocationStatement, RevokedCertificate, SignedStatement},
};

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
        let statement = self.sign(&statement).await?;
        Ok((revoked, statement))
    }
}
