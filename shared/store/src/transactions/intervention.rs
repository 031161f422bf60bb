//! Transactions that stop, release and reject an accepted application.

use crate::{
    OutboxRow, Store, StoreError,
    records::{application, audit_log, certificate_code, outbox},
    write::Write,
};
use domain::{
    application::{Accepted, Application, ApplicationId, MailedCode, Rejected, Stopped},
    audit::AuditEvent,
};

/// The changes that accompany a stop, a release or a rejection.
#[derive(Clone, Debug)]
pub struct Consequences {
    /// The outbox rows to add in the same transaction.
    pub outbox: Vec<OutboxRow>,
    /// The audit events to record in the same transaction, in addition to the event of the application.
    pub events: Vec<AuditEvent>,
}

impl Store {
    /// Stops an application that is awaiting pick-up. Afterwards, no code gives access to the application.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the application has changed since it was read. Returns
    /// [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn stop_application(
        &self,
        id: &ApplicationId,
        application: &Application<Stopped>,
        consequences: Consequences,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::application(id, application, application.state.stopped_at);
        let writes = vec![application::stop(id, application)?, audit_log::record(event)?];
        self.transact(consequences.added_to(writes)?).await
    }

    /// Releases an application that was stopped, or whose codes are held. Deletes the latest code `before`.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the application has changed since it was read. Returns
    /// [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn release_application(
        &self,
        id: &ApplicationId,
        before: Option<&MailedCode>,
        application: &Application<Accepted>,
        consequences: Consequences,
    ) -> Result<(), StoreError> {
        let at = application.state.last_asked_for();
        let mut writes = vec![
            application::release(id, before, application)?,
            audit_log::record(AuditEvent::application(id, application, at))?,
        ];
        writes.extend(before.map(|code| certificate_code::close(&code.sha256)));
        self.transact(consequences.added_to(writes)?).await
    }

    /// Rejects an application that is awaiting pick-up or was stopped.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the application has changed since it was read. Returns
    /// [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn reject_application(
        &self,
        id: &ApplicationId,
        application: &Application<Rejected>,
        consequences: Consequences,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::application(id, application, application.state.rejected_at);
        let writes = vec![application::reject(id, application)?, audit_log::record(event)?];
        self.transact(consequences.added_to(writes)?).await
    }
}

impl Consequences {
    fn added_to(self, mut writes: Vec<Write>) -> Result<Vec<Write>, StoreError> {
        for row in &self.outbox {
            writes.push(outbox::create(row)?);
        }
        for event in self.events {
            writes.push(audit_log::record(event)?);
        }
        Ok(writes)
    }
}
