//! Corrects a mistyped email address. The correction invalidates earlier certificate codes.

use crate::{
    OutboxRow, Store, StoreError,
    records::{application, audit_log, certificate_code, outbox, session},
};
use domain::{
    Timestamp,
    application::{Accepted, Application, ApplicationId},
    audit::AuditEvent,
    session::{Session, SessionToken},
};

/// The database changes for an address correction.
#[derive(Clone, Debug)]
pub struct AddressChange {
    /// The session when it was read.
    pub session: Session,
    pub application_id: ApplicationId,
    /// The application before the correction.
    pub before: Application<Accepted>,
    /// The application after the correction.
    pub after: Application<Accepted>,
    /// The outbox rows to add in the same transaction.
    pub outbox: Vec<OutboxRow>,
}

impl Store {
    /// Corrects the address by writing all changes in `change` in one transaction.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the session has ended or reached its limit, or another password was checked
    /// in it, or if the application is no longer awaiting pick-up. Also returns [`StoreError::Conflict`] if the address
    /// or the codes have changed since they were read. Also returns [`StoreError::Conflict`] if the issuance of the
    /// certificate has begun. Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn correct_address(
        &self,
        token: &SessionToken,
        change: &AddressChange,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let AddressChange { session, application_id, before, after, outbox } = change;
        let mut writes = vec![
            session::correct_address(token, session, now),
            application::correct_address(application_id, before, after)?,
        ];
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
