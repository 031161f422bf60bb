//! Chains the audit log and signs its head on a schedule.

use lambda_runtime::Error;
use shared::use_cases::seal_audit_log::SealAuditLog;

/// Handles the events of the schedule and ignores their content.
pub struct SealAuditLogFunction {
    /// Seals the log.
    pub seal: SealAuditLog,
}

impl SealAuditLogFunction {
    /// Seals the events that wait.
    ///
    /// # Errors
    ///
    /// When the log was not sealed; the events wait until the next run.
    pub async fn handle(&self) -> Result<(), Error> {
        let sealed = self.seal.seal().await?;
        tracing::debug!(lines = sealed.head.sequence, "sealed");
        Ok(())
    }
}
