//! Transactions that request, create and email the certificate code of an accepted application.

use crate::{
    OutboxRow, Store, StoreError,
    records::{application, certificate_code, outbox, session},
};
use domain::{
    Timestamp,
    application::{Accepted, Application, ApplicationId, MailedCode},
    session::SessionToken,
};

impl Store {
    /// Records a request for another certificate code at the time `now`, and adds the outbox row `row`, which requests
    /// the email. The application must still be awaiting pick-up with the address and codes that were read.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the session has ended or reached its limit, if another code was created or
    /// requested in the meantime, or if the address was corrected. Returns [`StoreError::Unavailable`] if the DynamoDB
    /// call fails.
    pub async fn request_code(
        &self,
        token: &SessionToken,
        id: &ApplicationId,
        read: &Application<Accepted>,
        row: &OutboxRow,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let session = session::request_code(token, now);
        self.transact(vec![session, application::request_code(id, read, now)?, outbox::create(row)?]).await
    }

    /// Records a new certificate code before it is emailed. After the write, only the new code gives access to the
    /// application, and the previous code `before` is invalid. The new code is emailed to the address in this `version`
    /// of the application.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the application's version or code has changed, or if the application is no
    /// longer awaiting pick-up. Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn record_code(
        &self,
        id: &ApplicationId,
        version: u64,
        before: Option<&MailedCode>,
        code: &MailedCode,
    ) -> Result<(), StoreError> {
        let mut writes = vec![
            application::record_code(id, version, before, code)?,
            certificate_code::open(&code.sha256, id)?,
        ];
        let replaced = before.filter(|before| before.sha256 != code.sha256);
        writes.extend(replaced.map(|replaced| certificate_code::close(&replaced.sha256)));
        self.transact(writes).await
    }

    /// Records that the email service accepted the email with the code `before`, and marks the outbox row `outbox_id`
    /// as done.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the application's version or code has changed, the application is no longer
    /// awaiting pick-up, or the row is already done. Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn record_sent(
        &self,
        outbox_id: &str,
        id: &ApplicationId,
        version: u64,
        before: &MailedCode,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sent = application::record_sent(id, version, before, now)?;
        self.transact(vec![sent, outbox::finish(outbox_id, now)]).await
    }
}
