//! Delivery reports for the emails with certificate codes.

use super::{Expression, Store, StoreError, to_attribute};
use domain::{application::ApplicationId, audit::AuditEvent, delivery::Deliveries};

impl Store {
    /// Replaces the delivery outcomes of the application's emails, `before`, with `after`, and adds `event` to the
    /// audit log. Also works for an application that has ended in the meantime.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the stored outcomes are no longer `before`, [`StoreError::Unavailable`].
    pub async fn record_deliveries(
        &self,
        application_id: &ApplicationId,
        before: &Deliveries,
        after: &Deliveries,
        event: Option<AuditEvent>,
    ) -> Result<(), StoreError> {
        let unchanged = "attribute_exists(pk) AND (attribute_not_exists(deliveries) OR deliveries = :before)";
        let recorded = Expression::condition(unchanged)
            .update("SET deliveries = :after")
            .value(":before", to_attribute(before)?)
            .value(":after", to_attribute(after)?);
        let mut writes = vec![self.application_update(application_id, recorded)?];
        writes.extend(event.map(|event| self.audit(event)).transpose()?);
        self.transact(writes).await
    }
}
