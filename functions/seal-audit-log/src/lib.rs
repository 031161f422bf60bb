//! On schedule: the audit log is chained, and its head signed.

use lambda_runtime::Error;
use shared::use_cases::seal_audit_log::SealAuditLog;

/// Takes the schedule's events, whatever they say.
pub struct SealAuditLogFunction {
    /// Seals the log.
    pub seal: SealAuditLog,
}

impl SealAuditLogFunction {
    /// Seals what waits.
    ///
    /// # Errors
    ///
    /// When it was not sealed; the events still wait for the next time.
    pub async fn handle(&self) -> Result<(), Error> {
        let sealed = self.seal.seal().await?;
        tracing::debug!(lines = sealed.head.sequence, "sealed");
        Ok(())
    }
}
