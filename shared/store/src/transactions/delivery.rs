//! Delivery reports for emails that contain certificate codes.

use crate::{
    Store, StoreError,
    records::{application, audit_log},
};
use domain::{application::ApplicationId, audit::AuditEvent, delivery::Deliveries};

impl Store {
    /// Replaces the delivery outcomes of the application's emails, and adds `event` to the audit log. Also succeeds if
    /// the certificate has since been picked up or the application has since expired.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the stored outcomes are no longer `before`, or [`StoreError::Unavailable`]
    /// if the DynamoDB call fails.
    pub async fn record_deliveries(
        &self,
        application_id: &ApplicationId,
        before: &Deliveries,
        after: &Deliveries,
        event: Option<AuditEvent>,
    ) -> Result<(), StoreError> {
        let mut writes = vec![application::record_deliveries(application_id, before, after)?];
        writes.extend(event.map(audit_log::record).transpose()?);
        self.transact(writes).await
    }
}
