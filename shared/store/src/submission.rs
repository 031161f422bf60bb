//! Submission: writes session, application, certificate, revocation, effects and idempotency record in one transaction.

use aws_sdk_dynamodb::types::TransactWriteItem;
use serde::{Deserialize, Serialize};

use super::{
    Expression, OutboxRow, Store, StoreError, Submitted, absent,
    crl_state::UNLISTED,
    from_item,
    items::{ApplicationRow, Key},
    number,
    revoke::{REVOKED, revoking},
    status::revocation_key,
    text, to_attribute, to_item, unavailable,
};
use domain::{
    Timestamp,
    application::{Accepted, AnyApplication, Application, ApplicationId},
    audit::AuditEvent,
    enrollment::EnrollmentId,
    numbers::SerialNumber,
    revocation::{RevokedCertificate, SignedStatement},
    session::SessionToken,
};

/// The changes that the acceptance of an application makes.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The application after the acceptance.
    pub application: Application<Accepted>,
    /// The version of the application that was read.
    pub read_version: u64,
    /// The certificate's revocation with its signed statement; `None` if it is revoked at pick-up.
    pub revocation: Option<(RevokedCertificate, SignedStatement)>,
    /// The outbox rows of the effects that must follow.
    pub outbox: Vec<OutboxRow>,
    /// The result to which the idempotency key leads from now on.
    pub submitted: Submitted,
}

/// The row of a revocation as it is first written. [`super::crl_state`] has the attributes that the publisher adds.
#[derive(Serialize)]
struct RevocationRow<'a> {
    enrollment: &'a EnrollmentId,
    #[serde(flatten)]
    revoked: &'a RevokedCertificate,
    statement: Option<&'a SignedStatement>,
}

/// The signed statement in the row of a revocation.
#[derive(Deserialize)]
struct Stated {
    statement: Option<SignedStatement>,
}

impl Store {
    /// Returns the statement that was signed before this certificate was revoked. Returns `None` when it is not
    /// revoked, or was already revoked when it was registered.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn statement(
        &self,
        serial_number: &SerialNumber,
    ) -> Result<Option<SignedStatement>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.revocations)
            .consistent_read(true)
            .set_key(Some(revocation_key(serial_number)))
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        let row: Option<Stated> = answer.item.map(from_item).transpose()?;
        Ok(row.and_then(|row| row.statement))
    }

    /// Accepts an application. Makes all changes in `submission` in one transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the session has ended, the application has changed since it was read, or the
    /// certificate is already revoked or replaced; [`StoreError::Unavailable`].
    pub async fn submit(
        &self,
        token: &SessionToken,
        submission: &Submission,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let application_id = &token.application_id(&submission.application.coupon_number);
        let mut writes = vec![
            self.submitted_session(token, submission, now)?,
            self.acceptance(application_id, submission)?,
            self.replaced_certificate(application_id, submission)?,
            self.receipt_pointer(application_id, submission)?,
            absent().into_put(
                &self.tables.registry,
                to_item(
                    &Key::submission(token.enrollment(), &submission.submitted.idempotency_key),
                    &submission.submitted,
                )?,
            )?,
            self.audit(AuditEvent::application(application_id, &submission.application, now))?,
        ];
        if let Some((revoked, statement)) = &submission.revocation {
            writes.push(self.revocation(token.enrollment(), revoked, Some(statement))?);
            writes.push(self.audit(AuditEvent::revocation(revoked, statement))?);
        }
        for row in &submission.outbox {
            writes.push(self.outbox_put(row)?);
        }
        self.transact(writes).await
    }

    fn submitted_session(
        &self,
        token: &SessionToken,
        submission: &Submission,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let coupon_number = submission.application.coupon_number.as_str();
        Expression::condition(
            "idle_until > :now AND absolute_until > :now AND progress = :selected AND couponNumber = :coupon",
        )
        .update("SET progress = :submitted, receiptNumber = :receipt")
        .value(":now", number(now))
        .value(":selected", text("selected"))
        .value(":coupon", text(coupon_number))
        .value(":submitted", text("submitted"))
        .value(":receipt", text(submission.application.state.receipt_number.as_str()))
        .into_update(&self.tables.registry, Key::session(token.enrollment(), &token.id()).to_item())
    }

    fn acceptance(
        &self,
        application_id: &ApplicationId,
        submission: &Submission,
    ) -> Result<TransactWriteItem, StoreError> {
        let key = Key::application(application_id);
        let row = ApplicationRow::from(AnyApplication::Accepted(Box::new(submission.application.clone())));
        Expression::condition("#state = :confirmed AND version = :read")
            .name("#state", "state")
            .value(":confirmed", text("confirmed"))
            .value(":read", to_attribute(&submission.read_version)?)
            .into_put(&self.tables.registry, to_item(&key, &row)?)
    }

    fn replaced_certificate(
        &self,
        application_id: &ApplicationId,
        submission: &Submission,
    ) -> Result<TransactWriteItem, StoreError> {
        let receipt = submission.application.state.receipt_number.as_str();
        let still_free = Expression::condition("#state = :active AND replaced_by = :nothing")
            .value(":nothing", aws_sdk_dynamodb::types::AttributeValue::Null(true))
            .value(":receipt", text(receipt));
        let replaced = match &submission.revocation {
            None => still_free
                .update("SET replaced_by = :receipt")
                .name("#state", "state")
                .value(":active", text("active")),
            Some((revoked, _)) => {
                revoking(still_free.update(&format!("SET replaced_by = :receipt, {REVOKED}")), revoked)?
            }
        };
        let key = Key::certificate(application_id);
        replaced.into_update(&self.tables.registry, key.to_item())
    }

    /// Returns the write of the pointer by which an operator finds an application when a subscriber gives the receipt
    /// number on the telephone.
    fn receipt_pointer(
        &self,
        application_id: &ApplicationId,
        submission: &Submission,
    ) -> Result<TransactWriteItem, StoreError> {
        let key = Key::receipt(&submission.application.state.receipt_number);
        self.new_pointer(&key, application_id)
    }

    pub(super) fn revocation(
        &self,
        enrollment: &EnrollmentId,
        revoked: &RevokedCertificate,
        statement: Option<&SignedStatement>,
    ) -> Result<TransactWriteItem, StoreError> {
        let row = RevocationRow { enrollment, revoked, statement };
        let mut item: super::Item =
            serde_dynamo::to_item(&row).map_err(|_| super::unreadable("REVOCATION", ""))?;
        item.extend(revocation_key(&revoked.serial_number));
        item.insert("unlisted".to_owned(), text(UNLISTED));
        absent().into_put(&self.tables.revocations, item)
    }
}
