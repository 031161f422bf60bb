//! The deadlines of an application. Each one takes effect in one transaction that also marks its outbox row done.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::{
    Item, OutboxRow, Store, StoreError, codes::still_accepted, items::Key, number, outbox::done, text,
    to_attribute,
};
use domain::{
    Timestamp,
    application::{Application, ApplicationId, Expired},
    audit::AuditEvent,
    revocation::{RevokedCertificate, SignedStatement},
};

impl Store {
    /// Revokes the certificate of the application, for the deadline in row `id`. The row `crl` has the revocation published.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the certificate is no longer active or the row is done,
    /// [`StoreError::Unavailable`].
    pub async fn revoke_at_deadline(
        &self,
        id: &str,
        application_id: &ApplicationId,
        revocation: &(RevokedCertificate, SignedStatement),
        crl: &OutboxRow,
    ) -> Result<(), StoreError> {
        let mut writes = Vec::from(self.revocation_writes(application_id, revocation)?);
        writes.push(self.outbox_put(crl)?);
        writes.push(self.deadline_met(id, revocation.0.revoked_at)?);
        self.transact(writes).await
    }

    /// Adds the row `reminder`, which has a reminder emailed to the subscriber, for the deadline in row `id`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application no longer waits or the row is done,
    /// [`StoreError::Unavailable`].
    pub async fn remind(
        &self,
        id: &str,
        application_id: &ApplicationId,
        reminder: &OutboxRow,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = Key::application(application_id);
        let waits = still_accepted("").into_check(&self.tables.registry, key.to_item())?;
        self.transact(vec![waits, self.outbox_put(reminder)?, self.deadline_met(id, now)?]).await
    }

    /// Ends the application, for the deadline in row `id`. The stored version must be the one before that of
    /// `application`. The row `notice` has the subscriber notified by email.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application no longer waits in the version that was read or the row is done,
    /// [`StoreError::Unavailable`].
    pub async fn expire(
        &self,
        id: &str,
        application_id: &ApplicationId,
        application: &Application<Expired>,
        notice: &OutboxRow,
    ) -> Result<(), StoreError> {
        let at = application.state.expired_at;
        let expired = still_accepted(" AND version = :read")
            .value(":read", to_attribute(&application.version.saturating_sub(1))?)
            .update("SET #state = :expired, version = :version, expired_at = :at")
            .value(":expired", text("expired"))
            .value(":version", to_attribute(&application.version)?)
            .value(":at", number(at));
        self.transact(vec![
            self.application_update(application_id, expired)?,
            self.outbox_put(notice)?,
            self.audit(AuditEvent::application(application_id, application, at))?,
            self.deadline_met(id, at)?,
        ])
        .await
    }

    fn deadline_met(&self, id: &str, now: Timestamp) -> Result<TransactWriteItem, StoreError> {
        done(now).into_update(&self.tables.outbox, Item::from([("pk".to_owned(), text(id))]))
    }
}
