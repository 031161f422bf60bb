//! The outbox, which contains the effects of transactions. Each row is written in the transaction that requires its
//! effect.

use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    database::unavailable,
    expression::{Condition, Placeholders, Update, at_most, equals, exists, is_new},
    item::{from_item, number, text, text_of},
    key::{Key, Table},
    tables::{PENDING_INDEX, TTL_ATTRIBUTE},
    write::Write,
};
use domain::{DAY, Timestamp, application::ApplicationId, audit::AuditEvent, numbers::SerialNumber};

/// The retention time of a row in seconds, counted from the completion of its effect. Audit logs are kept for the same
/// time (S/MIME Baseline Requirements §5.4.3).
const KEPT_WHEN_DONE: i64 = 2 * 366 * DAY;

/// An effect of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "effect")]
pub enum Effect {
    /// Emails the new certificate code.
    CertificateCode {
        /// The id of the application.
        #[serde(flatten)]
        application_id: ApplicationId,
        /// The number of the code, counted per application.
        send_number: u32,
    },
    /// Notifies the address in the registered certificate that the application names another address. The other address
    /// was entered at the submission or in a correction.
    AddressChangeNotice {
        /// The id of the application.
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Reminds the subscriber that the application expires soon.
    Reminder {
        /// The id of the application.
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Notifies the subscriber that the application has expired.
    ExpiryNotice {
        /// The id of the application.
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Processes a deadline of the application. Does nothing if the certificate was picked up before the deadline.
    Deadline {
        /// The deadline.
        deadline: Deadline,
        /// The id of the application.
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Publishes CRLs that list a new revocation.
    Crl {
        /// The revoked certificate.
        serial_number: SerialNumber,
    },
    /// Adds an event to the hash chain of the audit log.
    SealEvent {
        /// The event. Its id is also the id of the row.
        event: AuditEvent,
    },
}

/// A deadline of an accepted application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Deadline {
    /// The latest time for the revocation of the old certificate.
    Revocation,
    /// The time of the reminder to the subscriber.
    Reminder,
    /// The time at which the application expires.
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
    /// The queue of the function `send-certificate-code`.
    pub const MAIL_QUEUE: &'static str = "mail";
    /// The queue of the function `publish-crl`.
    pub const CRL_QUEUE: &'static str = "crl";
    /// The queue of the function `seal-audit-log`.
    pub const AUDIT_QUEUE: &'static str = "audit";
    /// The queue of the function `meet-deadlines`.
    pub const DEADLINE_QUEUE: &'static str = "deadline";
}

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The key of the row, which is random or the id of the audit event.
    #[serde(rename = "pk")]
    pub id: String,
    /// The effect of the row.
    #[serde(flatten)]
    pub effect: Effect,
    /// The time at which the effect became necessary.
    pub created_at: Timestamp,
    /// The earliest time for the effect.
    pub due_at: Timestamp,
    /// The time at which the row was marked as done, or `None` while the effect is pending.
    pub done_at: Option<Timestamp>,
}

/// A new row, which is in the index of pending rows.
#[derive(Serialize)]
struct PendingRow<'a> {
    #[serde(flatten)]
    row: &'a OutboxRow,
    pending: &'a str,
}

/// The only attribute that is read from the index of pending rows.
#[derive(Deserialize)]
struct DueAt {
    due_at: Timestamp,
}

impl Store {
    /// Returns the row with this id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Unreadable`].
    pub async fn outbox_row(&self, id: &str) -> Result<Option<OutboxRow>, StoreError> {
        self.row(&key(id)).await?.map(from_item).transpose()
    }

    /// Returns the ids of the rows of `queue` that are not done, oldest first. The index is eventually consistent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn pending(&self, queue: &str) -> Result<Vec<String>, StoreError> {
        self.waiting(is_pending_in(queue)).await
    }

    /// Returns the ids of the rows of `queue` that are not done and that are due at `now`, oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn due(&self, queue: &str, now: Timestamp) -> Result<Vec<String>, StoreError> {
        self.waiting(is_pending_in(queue).and(at_most("due_at", now))).await
    }

    /// Returns the due time of the oldest row of `queue` that is not done. The due time may be in the future. The index
    /// is eventually consistent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn oldest_pending(&self, queue: &str) -> Result<Option<Timestamp>, StoreError> {
        let mut placeholders = Placeholders::default();
        let of_queue = placeholders.condition(is_pending_in(queue));
        let answer = self
            .client
            .query()
            .table_name(&self.tables.outbox)
            .index_name(PENDING_INDEX)
            .key_condition_expression(of_queue)
            .set_expression_attribute_names(placeholders.names())
            .set_expression_attribute_values(placeholders.values())
            .limit(1)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        let oldest = answer.items.unwrap_or_default().into_iter().next();
        Ok(oldest.map(from_item::<DueAt>).transpose()?.map(|row| row.due_at))
    }

    async fn waiting(&self, which: Condition) -> Result<Vec<String>, StoreError> {
        let mut placeholders = Placeholders::default();
        let which = placeholders.condition(which);
        let mut rows = self
            .client
            .query()
            .table_name(&self.tables.outbox)
            .index_name(PENDING_INDEX)
            .key_condition_expression(which)
            .set_expression_attribute_names(placeholders.names())
            .set_expression_attribute_values(placeholders.values())
            .into_paginator()
            .items()
            .send();
        let mut ids = Vec::new();
        while let Some(row) = rows.next().await {
            let row = row.map_err(|error| unavailable(&error))?;
            ids.extend(text_of(&row, "pk").map(str::to_owned));
        }
        Ok(ids)
    }

    /// Marks row `id` as done after its effect has happened. A repeated call changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when a transaction is writing the row, or [`StoreError::Unavailable`].
    pub async fn mark_done(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write(finish(id, now)).await.map(drop)
    }
}

/// Adds the row.
pub(crate) fn create(row: &OutboxRow) -> Result<Write, StoreError> {
    let pending = row.effect.queue();
    Write::put(key(&row.id), &PendingRow { row, pending }, is_new())
}

/// Marks row `id` as done, unless it is done already, and removes it from the index.
pub(crate) fn finish(id: &str, now: Timestamp) -> Write {
    let update = Update::set("done_at", number(now))
        .and_set(TTL_ATTRIBUTE, number(now.plus(KEPT_WHEN_DONE)))
        .and_remove("pending");
    Write::update(key(id), update, exists("pending"))
}

/// The condition that the row is pending in this queue.
pub(super) fn is_pending_in(queue: &str) -> Condition {
    equals("pending", text(queue))
}

fn key(id: &str) -> Key {
    Key::without_sort_key(Table::Outbox, id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Item;

    #[test]
    fn a_row_identifies_its_application_by_two_attributes() {
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
