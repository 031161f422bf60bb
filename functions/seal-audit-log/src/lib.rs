//! Extends the hash chain of the audit log and signs its head on a schedule.

use lambda_runtime::Error;
use shared::{
    use_cases::seal_audit_log::SealAuditLog,
    wiring::{self, Backend, BackendError},
};

/// Handles scheduled events and ignores their content.
pub struct SealAuditLogFunction {
    seal: SealAuditLog,
}

impl SealAuditLogFunction {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { seal: wiring::seal_audit_log(backend).await? })
    }

    /// Seals all pending audit events.
    ///
    /// # Errors
    ///
    /// Returns an error if the log was not sealed. The audit events remain pending until the next run.
    pub async fn handle(&self) -> Result<(), Error> {
        let sealed = self.seal.seal().await?;
        tracing::debug!(lines = sealed.head.sequence, "sealed");
        Ok(())
    }
}
