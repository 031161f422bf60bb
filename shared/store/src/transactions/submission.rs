//! Accepts a submitted application and writes all related changes in one transaction.

use crate::{
    IdempotencyRecord, OutboxRow, Store, StoreError,
    records::{application, audit_log, certificate, idempotency, outbox, pointer, revocation, session},
};
use domain::{
    Timestamp,
    application::{Accepted, Application},
    audit::AuditEvent,
    revocation::{RevokedCertificate, SignedStatement},
    session::{Session, SessionToken},
};

/// The database changes for the acceptance of an application.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The session when it was read.
    pub session: Session,
    /// The application after the acceptance.
    pub application: Application<Accepted>,
    /// The application's version when it was read.
    pub read_version: u64,
    /// The certificate's revocation and its signed statement, or `None` if the pick-up revokes the certificate.
    pub revocation: Option<(RevokedCertificate, SignedStatement)>,
    /// The outbox rows to add in the same transaction.
    pub outbox: Vec<OutboxRow>,
    /// The idempotency record of the request.
    pub idempotency: IdempotencyRecord,
}

impl Store {
    /// Accepts an application by writing all changes in `submission` in one transaction.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the session has ended, the application has changed since it was read, or the
    /// certificate is already revoked or replaced. Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn submit(
        &self,
        token: &SessionToken,
        submission: &Submission,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Submission { session, application, read_version, revocation, outbox, idempotency } = submission;
        let id = token.application_id(&application.coupon_number);
        let receipt_number = &application.state.receipt_number;
        let revoked = revocation.as_ref().map(|(revoked, _)| revoked);
        let mut writes = vec![
            session::submit(token, session, &id.coupon_number, receipt_number, now),
            application::accept(&id, application, *read_version)?,
            certificate::replace(&id, receipt_number, revoked)?,
            pointer::create(pointer::receipt(receipt_number), &id)?,
            idempotency::create(&id.enrollment, idempotency)?,
            audit_log::record(AuditEvent::application(&id, application, now))?,
        ];
        if let Some((revoked, statement)) = revocation {
            writes.push(revocation::create(&id.enrollment, revoked, Some(statement))?);
            writes.push(audit_log::record(AuditEvent::revocation(revoked, statement))?);
        }
        for row in outbox {
            writes.push(outbox::create(row)?);
        }
        self.transact(writes).await
    }
}
