//! The transactions for a certificate code of an accepted application: its request, its creation and its email.

use crate::{
    OutboxRow, Store, StoreError,
    records::{application, certificate_code, outbox},
};
use domain::{
    Timestamp,
    application::{Accepted, Application, ApplicationId, MailedCode},
};

impl Store {
    /// Records that another code was requested at `now`, and adds the outbox row `row`, which requests an email with
    /// this code. The application must still be waiting, with the address and the codes that were read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when another code was created or requested in the meantime, or when the address was
    /// corrected. Otherwise [`StoreError::Unavailable`].
    pub async fn request_code(
        &self,
        id: &ApplicationId,
        read: &Application<Accepted>,
        row: &OutboxRow,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.transact(vec![application::request_code(id, read, now)?, outbox::create(row)?]).await
    }

    /// Records the code before it is emailed. After this write the new code gives access to the application, and the
    /// previous code `before` no longer gives access. The new code is emailed to the address in this `version` of the
    /// application.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application's version or code has changed, or when the application is no
    /// longer waiting. Otherwise [`StoreError::Unavailable`].
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

    /// Records that the email of the outbox row `outbox_id` with the code `before` was handed over for delivery.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application's version or code has changed, when the application is no longer
    /// waiting, or when the row is already done. Otherwise [`StoreError::Unavailable`].
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
