//! Extends the hash chain of the audit log and signs its head on a schedule.

use lambda_runtime::Error;
use shared::{
    use_cases::seal_audit_log::SealAuditLog,
    wiring::{self, Backend, BackendError},
};

/// Handles the schedule's events and ignores their content.
pub struct SealAuditLogFunction {
    /// The use case that seals the log.
    seal: SealAuditLog,
}

impl SealAuditLogFunction {
    /// Creates the function from the components in `backend`.
    ///
    /// # Errors
    ///
    /// Fails if a component that the function needs is not available.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { seal: wiring::seal_audit_log(backend).await? })
    }

    /// Seals the pending events.
    ///
    /// # Errors
    ///
    /// Fails if the log was not sealed. The events stay pending until the next run.
    pub async fn handle(&self) -> Result<(), Error> {
        let sealed = self.seal.seal().await?;
        tracing::debug!(lines = sealed.head.sequence, "sealed");
        Ok(())
    }
}
