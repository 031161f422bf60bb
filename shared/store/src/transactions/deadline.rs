//! Transactions that process the deadlines of an application. Each transaction also marks the deadline's outbox row as
//! done.

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
    /// Revokes the old certificate after the deadline in the outbox row `id` has passed. The new outbox row `crl`
    /// requests the publication of the revocation.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the certificate is no longer active or the row is already done. Returns
    /// [`StoreError::Unavailable`] if the DynamoDB call fails.
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

    /// Adds the outbox row `reminder` after the deadline in the outbox row `id` has passed. The new row requests an
    /// email to the subscriber.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the application is no longer awaiting pick-up or the row is already done.
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
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

    /// Marks the application as expired after the deadline in the outbox row `id` has passed. The stored version must
    /// be one less than the version of `application`. The new outbox row `notice` requests an email to the subscriber.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the application has changed since it was read, or if the row is already
    /// done. Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
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
