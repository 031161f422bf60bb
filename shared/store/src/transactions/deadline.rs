//! The deadlines of an application. Each one takes effect in one transaction that also marks its outbox row done.

use super::revocation::revoke;
use crate::{
    OutboxRow, Store, StoreError,
    records::{application, audit_log, outbox},
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
        let mut writes = Vec::from(revoke(application_id, revocation)?);
        writes.push(outbox::create(crl)?);
        writes.push(outbox::finish(id, revocation.0.revoked_at));
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
        let waits = application::require_waiting(application_id);
        self.transact(vec![waits, outbox::create(reminder)?, outbox::finish(id, now)]).await
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
        self.transact(vec![
            application::expire(application_id, application)?,
            outbox::create(notice)?,
            audit_log::record(AuditEvent::application(application_id, application, at))?,
            outbox::finish(id, at),
        ])
        .await
    }
}
