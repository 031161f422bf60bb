//! The outbox: effects that must still happen, written in the transaction that makes them necessary.

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::TransactWriteItem};
use serde::{Deserialize, Serialize};

use super::{
    Expression, Item, Store, StoreError, absent, from_item,
    items::{ApplicationRow, Key, Pointer},
    number, tables, text, to_attribute, to_item, unavailable, unreadable,
};
use crate::domain::{
    DAY, Timestamp,
    application::{Accepted, AnyApplication, Application, MailedCode},
    audit::AuditEvent,
    certificate::Certificate,
    enrollment::EnrollmentId,
    numbers::{CouponNumber, SerialNumber},
};

/// Rows stay this many seconds after their effect: as long as logs are kept (S/MIME Baseline Requirements
/// §5.4.3).
const KEPT_WHEN_DONE: i64 = 2 * 366 * DAY;

/// What must happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "effect")]
pub enum Effect {
    /// The new certificate code is mailed.
    CertificateCode {
        /// The application's enrollment.
        enrollment: EnrollmentId,
        /// The application's certificate.
        coupon_number: CouponNumber,
        /// Which of the application's codes.
        send_number: u32,
    },
    /// The address that the certificate was registered with is told that another one was given.
    AddressChangeNotice {
        /// The application's enrollment.
        enrollment: EnrollmentId,
        /// The application's certificate.
        coupon_number: CouponNumber,
    },
    /// CRLs that list a new revocation are published.
    Crl {
        /// The revoked certificate.
        serial_number: SerialNumber,
    },
    /// An event is chained into the audit log.
    SealEvent {
        /// The event, whose id is the row's.
        event: AuditEvent,
    },
}

impl Effect {
    /// The partition of the sparse index that the row stands in until it is done.
    pub fn queue(&self) -> &'static str {
        match self {
            Self::CertificateCode { .. } | Self::AddressChangeNotice { .. } => Self::MAIL_QUEUE,
            Self::Crl { .. } => Self::CRL_QUEUE,
            Self::SealEvent { .. } => Self::AUDIT_QUEUE,
        }
    }

    /// The queue of send-certificate-code.
    pub const MAIL_QUEUE: &'static str = "mail";
    /// The queue of publish-crl.
    pub const CRL_QUEUE: &'static str = "crl";
    /// The queue of seal-audit-log.
    pub const AUDIT_QUEUE: &'static str = "audit";
}

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// Its key: random, or the event's id.
    #[serde(rename = "pk")]
    pub id: String,
    /// What must happen.
    #[serde(flatten)]
    pub effect: Effect,
    /// When it became necessary.
    pub created_at: Timestamp,
    /// Since when it is done.
    pub done_at: Option<Timestamp>,
}

impl Store {
    /// The row with this id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn outbox_row(&self, id: &str) -> Result<Option<OutboxRow>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.outbox)
            .consistent_read(true)
            .key("pk", text(id))
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        answer.item.map(from_item).transpose()
    }

    /// The ids of the rows of `queue` that are not done, oldest first. The index is eventually consistent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn pending(&self, queue: &str) -> Result<Vec<String>, StoreError> {
        let mut rows = self
            .client
            .query()
            .table_name(&self.tables.outbox)
            .index_name(tables::PENDING_INDEX)
            .key_condition_expression("#pending = :queue")
            .expression_attribute_names("#pending", "pending")
            .expression_attribute_values(":queue", text(queue))
            .into_paginator()
            .items()
            .send();
        let mut ids = Vec::new();
        while let Some(row) = rows.next().await {
            let row = row.map_err(|error| unavailable(&error))?;
            ids.extend(row.get("pk").and_then(|pk| pk.as_s().ok()).cloned());
        }
        Ok(ids)
    }

    /// Records that the effect of row `id` has happened; a second time changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn mark_done(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        let done = done(now);
        let answer = self
            .client
            .update_item()
            .table_name(&self.tables.outbox)
            .key("pk", text(id))
            .condition_expression(&done.condition)
            .set_update_expression(done.update.clone())
            .set_expression_attribute_names(done.names())
            .set_expression_attribute_values(done.values())
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(()),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// The accepted application for this certificate, with the certificate.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn accepted_application(
        &self,
        enrollment: &EnrollmentId,
        coupon_number: &CouponNumber,
    ) -> Result<Option<(Application<Accepted>, Certificate)>, StoreError> {
        let application = self.row(&Key::application(enrollment, coupon_number)).await?;
        let certificate = self.row(&Key::certificate(enrollment, coupon_number)).await?;
        let (Some(application), Some(certificate)) = (application, certificate) else { return Ok(None) };
        let application = AnyApplication::from(from_item::<ApplicationRow>(application)?);
        match application {
            AnyApplication::Accepted(application) => Ok(Some((*application, from_item(certificate)?))),
            AnyApplication::Draft(_) | AnyApplication::Confirmed(_) => Ok(None),
        }
    }

    /// Records the code before it is mailed: from now on it opens the application, and an earlier code of
    /// this application, `before`, does not.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application's code is no longer `before`, [`StoreError::Unavailable`].
    pub async fn record_code(
        &self,
        enrollment: &EnrollmentId,
        coupon_number: &CouponNumber,
        before: Option<&MailedCode>,
        code: &MailedCode,
    ) -> Result<(), StoreError> {
        let table = &self.tables.registry;
        let pointer = Pointer { enrollment: enrollment.clone(), coupon_number: coupon_number.clone() };
        let code_key = Key::mailed_code(&code.sha256);
        let mut writes = vec![
            self.mailed_code_update(enrollment, coupon_number, before, code)?,
            Expression::condition("attribute_not_exists(pk) OR enrollment = :enrollment")
                .value(":enrollment", text(enrollment.to_string()))
                .into_put(table, to_item(&code_key, &pointer)?)?,
        ];
        if let Some(before) = before.filter(|before| before.sha256 != code.sha256) {
            let replaced = Key::mailed_code(&before.sha256).to_item();
            writes.push(Expression::condition("attribute_exists(pk)").into_delete(table, replaced)?);
        }
        self.transact(writes).await
    }

    /// Records that the mail of row `id` with the code `before` was handed over for delivery.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application's code is no longer `before` or the row is done already,
    /// [`StoreError::Unavailable`].
    pub async fn record_sent(
        &self,
        id: &str,
        enrollment: &EnrollmentId,
        coupon_number: &CouponNumber,
        before: &MailedCode,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sent = MailedCode { sent_at: Some(now), ..before.clone() };
        let row = Item::from([("pk".to_owned(), text(id))]);
        self.transact(vec![
            self.mailed_code_update(enrollment, coupon_number, Some(before), &sent)?,
            done(now).into_update(&self.tables.outbox, row)?,
        ])
        .await
    }

    fn mailed_code_update(
        &self,
        enrollment: &EnrollmentId,
        coupon_number: &CouponNumber,
        before: Option<&MailedCode>,
        after: &MailedCode,
    ) -> Result<TransactWriteItem, StoreError> {
        Expression::condition("#state = :accepted AND mailed_code = :before")
            .update("SET mailed_code = :after")
            .name("#state", "state")
            .value(":accepted", text("accepted"))
            .value(":before", to_attribute(&before)?)
            .value(":after", to_attribute(after)?)
            .into_update(&self.tables.registry, Key::application(enrollment, coupon_number).to_item())
    }

    pub(super) fn outbox_put(&self, row: &OutboxRow) -> Result<TransactWriteItem, StoreError> {
        let mut item: Item = serde_dynamo::to_item(row).map_err(|_| unreadable(&row.id, "OUTBOX"))?;
        item.insert("pending".to_owned(), text(row.effect.queue()));
        item.insert("due_at".to_owned(), number(row.created_at));
        absent().into_put(&self.tables.outbox, item)
    }

    pub(super) async fn row(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.client
            .get_item()
            .table_name(&self.tables.registry)
            .consistent_read(true)
            .set_key(Some(key.to_item()))
            .send()
            .await
            .map(|answer| answer.item)
            .map_err(|error| unavailable(&error))
    }
}

fn done(now: Timestamp) -> Expression {
    Expression::condition("attribute_exists(#pending)")
        .update("SET done_at = :now, #ttl = :ttl REMOVE #pending")
        .name("#pending", "pending")
        .name("#ttl", tables::TTL_ATTRIBUTE)
        .value(":now", number(now))
        .value(":ttl", number(now.plus(KEPT_WHEN_DONE)))
}
