//! The outbox: effects that must still happen. Each is written in the transaction that makes it necessary.

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::TransactWriteItem};
use serde::{Deserialize, Serialize};

use super::{
    Expression, Item, Store, StoreError, absent, from_item, number, tables, text, unavailable, unreadable,
};
use domain::{DAY, Timestamp, application::ApplicationId, audit::AuditEvent, numbers::SerialNumber};

/// The number of seconds that a row is kept after its effect. Logs are kept as long (S/MIME Baseline Requirements
/// §5.4.3).
const KEPT_WHEN_DONE: i64 = 2 * 366 * DAY;

/// An effect that must happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "effect")]
pub enum Effect {
    /// Mails the new certificate code.
    CertificateCode {
        /// The application.
        #[serde(flatten)]
        application_id: ApplicationId,
        /// The number of the code among the application's codes.
        send_number: u32,
    },
    /// Notifies the address of the registered certificate that another address was given, at the submission or by a
    /// correction.
    AddressChangeNotice {
        /// The application.
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Reminds the subscriber that the application ends soon.
    Reminder {
        /// The application.
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Notifies the subscriber that the application has ended.
    ExpiryNotice {
        /// The application.
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Ends a term of the application. Has an effect only if the application was not picked up.
    Deadline {
        /// The term that ends.
        deadline: Deadline,
        /// The application.
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Publishes CRLs that list a new revocation.
    Crl {
        /// The revoked certificate.
        serial_number: SerialNumber,
    },
    /// Chains an event into the audit log.
    SealEvent {
        /// The event. Its id is also the id of the row.
        event: AuditEvent,
    },
}

/// The deadlines of an accepted application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Deadline {
    /// The latest time for the revocation of the old certificate.
    Revocation,
    /// The time of the reminder to the subscriber.
    Reminder,
    /// The end of the application.
    Expiry,
}

impl Effect {
    /// Returns the partition key of the sparse index that contains the row until it is done.
    pub fn queue(&self) -> &'static str {
        match self {
            Self::CertificateCode { .. }
            | Self::AddressChangeNotice { .. }
            | Self::Reminder { .. }
            | Self::ExpiryNotice { .. } => Self::MAIL_QUEUE,
            Self::Deadline { .. } => Self::DEADLINE_QUEUE,
            Self::Crl { .. } => Self::CRL_QUEUE,
            Self::SealEvent { .. } => Self::AUDIT_QUEUE,
        }
    }

    /// All queues.
    pub const QUEUES: [&'static str; 4] =
        [Self::MAIL_QUEUE, Self::CRL_QUEUE, Self::AUDIT_QUEUE, Self::DEADLINE_QUEUE];
    /// The queue of send-certificate-code.
    pub const MAIL_QUEUE: &'static str = "mail";
    /// The queue of publish-crl.
    pub const CRL_QUEUE: &'static str = "crl";
    /// The queue of seal-audit-log.
    pub const AUDIT_QUEUE: &'static str = "audit";
    /// The queue of meet-deadlines.
    pub const DEADLINE_QUEUE: &'static str = "deadline";
}

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The row's key: random, or the id of the audit event.
    #[serde(rename = "pk")]
    pub id: String,
    /// The effect that must happen.
    #[serde(flatten)]
    pub effect: Effect,
    /// The time at which the effect became necessary.
    pub created_at: Timestamp,
    /// The earliest time for the effect.
    pub due_at: Timestamp,
    /// The time at which the row was marked done; `None` while the effect is pending.
    pub done_at: Option<Timestamp>,
}

/// The attribute of the index besides the partition and table keys.
#[derive(Deserialize)]
struct DueAt {
    due_at: Timestamp,
}

impl Store {
    /// Returns the row with this id.
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

    /// Returns the ids of the rows of `queue` that are not done, oldest first. The index is eventually consistent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn pending(&self, queue: &str) -> Result<Vec<String>, StoreError> {
        self.waiting(Expression::condition("#pending = :queue").value(":queue", text(queue))).await
    }

    /// Like [`Store::pending`], but only the rows that are due at `now`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn due(&self, queue: &str, now: Timestamp) -> Result<Vec<String>, StoreError> {
        let due = Expression::condition("#pending = :queue AND due_at <= :now")
            .value(":queue", text(queue))
            .value(":now", number(now));
        self.waiting(due).await
    }

    /// Returns the due time of the oldest row of `queue` that is not done. It may be in the future. The index is
    /// eventually consistent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn oldest_pending(&self, queue: &str) -> Result<Option<Timestamp>, StoreError> {
        let of_queue = Expression::condition("#pending = :queue").value(":queue", text(queue));
        let answer = self
            .client
            .query()
            .table_name(&self.tables.outbox)
            .index_name(tables::PENDING_INDEX)
            .key_condition_expression(&of_queue.condition)
            .expression_attribute_names("#pending", "pending")
            .set_expression_attribute_values(of_queue.values())
            .limit(1)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        let oldest = answer.items.unwrap_or_default().into_iter().next();
        Ok(oldest.map(from_item::<DueAt>).transpose()?.map(|row| row.due_at))
    }

    async fn waiting(&self, which: Expression) -> Result<Vec<String>, StoreError> {
        let mut rows = self
            .client
            .query()
            .table_name(&self.tables.outbox)
            .index_name(tables::PENDING_INDEX)
            .key_condition_expression(&which.condition)
            .expression_attribute_names("#pending", "pending")
            .set_expression_attribute_values(which.values())
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

    /// Marks row `id` as done, after its effect has happened. Marking it again changes nothing.
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

    pub(super) fn outbox_put(&self, row: &OutboxRow) -> Result<TransactWriteItem, StoreError> {
        let mut item: Item = serde_dynamo::to_item(row).map_err(|_| unreadable(&row.id, "OUTBOX"))?;
        item.insert("pending".to_owned(), text(row.effect.queue()));
        absent().into_put(&self.tables.outbox, item)
    }
}

/// The update that marks a row done and removes it from the index.
pub(super) fn done(now: Timestamp) -> Expression {
    Expression::condition("attribute_exists(#pending)")
        .update("SET done_at = :now, #ttl = :ttl REMOVE #pending")
        .name("#pending", "pending")
        .name("#ttl", tables::TTL_ATTRIBUTE)
        .value(":now", number(now))
        .value(":ttl", number(now.plus(KEPT_WHEN_DONE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_its_application_by_two_attributes() {
        let item = serde_json::json!({
            "pk": "row",
            "effect": "certificateCode",
            "enrollment": "07070707070707070707070707070707",
            "coupon_number": "984940947",
            "send_number": 2,
            "created_at": 1_795_305_600,
            "due_at": 1_795_305_600,
            "done_at": null,
        });
        let item: Item = serde_dynamo::to_item(item).unwrap();
        let row: OutboxRow = from_item(item.clone()).unwrap();
        let Effect::CertificateCode { application_id, send_number } = &row.effect else {
            panic!("{row:?}");
        };
        assert_eq!(application_id.coupon_number.as_str(), "984940947");
        assert_eq!(*send_number, 2);
        assert_eq!(serde_dynamo::to_item::<_, Item>(&row).unwrap(), item);
    }
}
