//! What became of the mails with certificate codes.

use super::{Expression, Store, StoreError, items::Pointer, to_attribute};
use domain::{audit::AuditEvent, delivery::Deliveries};

impl Store {
    /// Records that `after` is known of the application's mails, with the event that this is worth in the audit log,
    /// if what was known is still `before`. The application may have ended in between.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when something else is known by now, [`StoreError::Unavailable`].
    pub async fn record_deliveries(
        &self,
        place: &Pointer,
        before: &Deliveries,
        after: &Deliveries,
        event: Option<AuditEvent>,
    ) -> Result<(), StoreError> {
        let unchanged = "attribute_exists(pk) AND (attribute_not_exists(deliveries) OR deliveries = :before)";
        let recorded = Expression::condition(unchanged)
            .update("SET deliveries = :after")
            .value(":before", to_attribute(before)?)
            .value(":after", to_attribute(after)?);
        let mut writes = vec![self.application_update(place, recorded)?];
        writes.extend(event.map(|event| self.audit(event)).transpose()?);
        self.transact(writes).await
    }
}
