//! The certificate codes of an accepted application: requested, made and mailed.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::{
    Expression, Item, OutboxRow, Store, StoreError, from_item,
    items::{ApplicationRow, Key},
    number,
    outbox::done,
    text, to_attribute, to_item,
};
use domain::{
    Timestamp,
    application::{Accepted, AnyApplication, Application, ApplicationId, MailedCode},
    certificate::Certificate,
};

impl Store {
    /// Returns the application for this certificate, together with the certificate.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn application(
        &self,
        application_id: &ApplicationId,
    ) -> Result<Option<(AnyApplication, Certificate)>, StoreError> {
        let keys = [Key::application(application_id), Key::certificate(application_id)];
        match self.rows(keys).await? {
            [Some(application), Some(certificate)] => {
                let application = from_item::<ApplicationRow>(application)?.into();
                Ok(Some((application, from_item(certificate)?)))
            }
            _ => Ok(None),
        }
    }

    /// Records the code before it is mailed. From then on this code opens the application, and an earlier code of this
    /// application, `before`, does not. The code is mailed to the address in the application's `version`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application's version or code has changed, or when the application no longer
    /// waits; [`StoreError::Unavailable`].
    pub async fn record_code(
        &self,
        application_id: &ApplicationId,
        version: u64,
        before: Option<&MailedCode>,
        code: &MailedCode,
    ) -> Result<(), StoreError> {
        let table = &self.tables.registry;
        let recorded =
            waiting(version, before)?.update("SET mailed_code = :after").value(":after", to_attribute(code)?);
        let mut writes = vec![
            self.application_update(application_id, recorded)?,
            Expression::condition("attribute_not_exists(pk) OR enrollment = :enrollment")
                .value(":enrollment", text(application_id.enrollment.to_string()))
                .into_put(table, to_item(&Key::mailed_code(&code.sha256), application_id)?)?,
        ];
        if let Some(before) = before.filter(|before| before.sha256 != code.sha256) {
            let replaced = Key::mailed_code(&before.sha256).to_item();
            writes.push(Expression::condition("attribute_exists(pk)").into_delete(table, replaced)?);
        }
        self.transact(writes).await
    }

    /// Records that the email of row `id` with the code `before` was handed over for delivery.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application's version or code has changed, when the application no longer
    /// waits or when the row is already done; [`StoreError::Unavailable`].
    pub async fn record_sent(
        &self,
        id: &str,
        application_id: &ApplicationId,
        version: u64,
        before: &MailedCode,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sent = MailedCode { sent_at: Some(now), ..before.clone() };
        let recorded = waiting(version, Some(before))?
            .update(
                "SET mailed_code = :after, codes_sent = list_append(if_not_exists(codes_sent, :none), :sent)",
            )
            .value(":after", to_attribute(&sent)?)
            .value(":none", to_attribute(&[(); 0])?)
            .value(":sent", to_attribute(&[now])?);
        let row = Item::from([("pk".to_owned(), text(id))]);
        self.transact(vec![
            self.application_update(application_id, recorded)?,
            done(now).into_update(&self.tables.outbox, row)?,
        ])
        .await
    }

    /// Records that another code was requested at `now`, and adds `row`, which has it mailed. The application must
    /// still wait, with the address and the codes that were read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when another code was made or requested in the meantime, or the address was corrected;
    /// [`StoreError::Unavailable`].
    pub async fn request_code(
        &self,
        application_id: &ApplicationId,
        read: &Application<Accepted>,
        row: &OutboxRow,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let waiting = waiting(read.version, read.state.mailed_code.as_ref())?;
        let requested = no_other_asked_for(waiting, read)
            .update("SET resends = list_append(if_not_exists(resends, :none), :now)")
            .value(":none", to_attribute(&[(); 0])?)
            .value(":now", to_attribute(&[now])?);
        self.transact(vec![self.application_update(application_id, requested)?, self.outbox_put(row)?]).await
    }

    pub(super) fn application_update(
        &self,
        application_id: &ApplicationId,
        update: Expression,
    ) -> Result<TransactWriteItem, StoreError> {
        let key = Key::application(application_id);
        update.into_update(&self.tables.registry, key.to_item())
    }
}

/// The condition that the application is accepted, has this `version`, and has `code` as its latest code.
pub(super) fn waiting(version: u64, code: Option<&MailedCode>) -> Result<Expression, StoreError> {
    Ok(still_accepted(" AND version = :version AND mailed_code = :code")
        .value(":version", to_attribute(&version)?)
        .value(":code", to_attribute(&code)?))
}

/// The condition that `and` holds and that no other code was requested since the application was `read`.
pub(super) fn no_other_asked_for(and: Expression, read: &Application<Accepted>) -> Expression {
    let seen = i64::try_from(read.state.resends.len()).unwrap_or(i64::MAX);
    and.and("(attribute_not_exists(resends) OR size(resends) = :seen)").value(":seen", number(seen))
}

/// The condition that the application waits to be picked up and that `and` holds.
pub(super) fn still_accepted(and: &str) -> Expression {
    Expression::condition(&format!("#state = :accepted{and}"))
        .name("#state", "state")
        .value(":accepted", text("accepted"))
}
