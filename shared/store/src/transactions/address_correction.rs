//! The correction of a mistyped email address. Certificate codes from before the correction no longer work.

use crate::{
    OutboxRow, Store, StoreError,
    records::{application, audit_log, certificate_code, outbox},
};
use domain::{
    application::{Accepted, Application, ApplicationId},
    audit::AuditEvent,
};

/// The changes for the correction of an address.
#[derive(Clone, Debug)]
pub struct AddressChange {
    /// The id of the application.
    pub application_id: ApplicationId,
    /// The application as it was read.
    pub before: Application<Accepted>,
    /// The application after the correction.
    pub after: Application<Accepted>,
    /// The outbox rows for the effects of the correction.
    pub outbox: Vec<OutboxRow>,
}

impl Store {
    /// Corrects the address. Writes all changes in `change` in one transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application is no longer waiting, when its address or its codes have changed
    /// since they were read, or when its issuance has begun. Otherwise [`StoreError::Unavailable`].
    pub async fn correct_address(&self, change: &AddressChange) -> Result<(), StoreError> {
        let AddressChange { application_id, before, after, outbox } = change;
        let mut writes = vec![application::correct_address(application_id, before, after)?];
        let code = before.state.mailed_code.as_ref();
        writes.extend(code.map(|code| certificate_code::close(&code.sha256)));
        for row in outbox {
            writes.push(outbox::create(row)?);
        }
        let receipt_number = &after.state.receipt_number;
        for correction in &after.state.corrections[before.state.corrections.len()..] {
            writes.push(audit_log::record(AuditEvent::address_correction(receipt_number, correction))?);
        }
        self.transact(writes).await
    }
}
