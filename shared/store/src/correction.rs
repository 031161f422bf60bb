//! The correction of a mistyped email address. Codes that were made before the correction open nothing afterwards.

use super::{
    Expression, OutboxRow, Store, StoreError,
    codes::{no_other_asked_for, waiting},
    items::Key,
    to_attribute,
};
use domain::{
    application::{Accepted, Application, ApplicationId},
    audit::AuditEvent,
};

/// The changes that the correction of an address makes.
#[derive(Clone, Debug)]
pub struct AddressChange {
    /// The id of the application.
    pub application_id: ApplicationId,
    /// The application as it was read.
    pub before: Application<Accepted>,
    /// The application after the correction.
    pub after: Application<Accepted>,
    /// The outbox rows of the effects that must follow.
    pub outbox: Vec<OutboxRow>,
}

impl Store {
    /// Corrects the address. Makes all changes in `change` in one transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application no longer waits, when its address or its codes have changed since
    /// they were read, or when its issuance has begun; [`StoreError::Unavailable`].
    pub async fn correct_address(&self, change: &AddressChange) -> Result<(), StoreError> {
        let AddressChange { application_id, before, after, outbox } = change;
        let code = before.state.mailed_code.as_ref();
        let unclaimed = no_other_asked_for(waiting(before.version, code)?, before)
            .and("attribute_not_exists(#claim)")
            .name("#claim", "claim");
        let corrected = unclaimed
            .update(
                "SET #fields = :fields, version = :after, mailed_code = :no_code, corrections = :corrections",
            )
            .name("#fields", "fields")
            .value(":fields", to_attribute(&after.state.fields)?)
            .value(":after", to_attribute(&after.version)?)
            .value(":no_code", to_attribute(&after.state.mailed_code)?)
            .value(":corrections", to_attribute(&after.state.corrections)?);
        let mut writes = vec![self.application_update(application_id, corrected)?];
        if let Some(code) = code {
            let astray = Key::mailed_code(&code.sha256).to_item();
            let exists = Expression::condition("attribute_exists(pk)");
            writes.push(exists.into_delete(&self.tables.registry, astray)?);
        }
        for row in outbox {
            writes.push(self.outbox_put(row)?);
        }
        let receipt_number = &after.state.receipt_number;
        for correction in &after.state.corrections[before.state.corrections.len()..] {
            writes.push(self.audit(AuditEvent::address_correction(receipt_number, correction))?);
        }
        self.transact(writes).await
    }
}
