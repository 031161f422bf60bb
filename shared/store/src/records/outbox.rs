//! The outbox, which contains the effects of transactions, such as emails. Each outbox row is written in the
//! transaction that causes its effect.

use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    database::unavailable,
    expression::{Condition, Placeholders, Update, at_most, equals, exists, is_new},
    item::{Item, from_item, number, text, text_of},
    key::{Key, Table},
    tables::{PENDING_INDEX, TTL_ATTRIBUTE},
    write::Write,
};
use domain::{
    DAY, Timestamp, application::ApplicationId, audit::AuditEvent, enrollment::EnrollmentId,
    fields::Language, numbers::SerialNumber,
};

/// The retention period of completed rows in seconds. Audit logs have the same retention period (S/MIME Baseline
/// Requirements §5.4.3).
const KEPT_WHEN_DONE: i64 = 2 * 366 * DAY;

/// An action that must follow a committed transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "effect")]
pub enum Effect {
    /// Emails the new certificate code.
    CertificateCode {
        #[serde(flatten)]
        application_id: ApplicationId,
        /// The sequence number of the code within the application.
        send_number: u32,
    },
    /// Emails a sign-in code to the registered email address. The code is derived from the id of the row.
    SignInCode {
        /// The enrollment that the presented credentials belong to.
        enrollment: EnrollmentId,
        /// The language of the email.
        language: Language,
        /// The time at which the code expires.
        expires_at: Timestamp,
    },
    /// Notifies the registered email address that the subscriber entered a different address, either in the application
    /// or in a correction.
    AddressChangeNotice {
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Confirms to the registered email address that the application was stopped.
    StopNotice {
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Notifies the registered email address that an officer rejected the application.
    RejectionNotice {
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Reminds the subscriber that the application expires soon.
    Reminder {
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Notifies the subscriber that the application has expired.
    ExpiryNotice {
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Processes a deadline of the application. Does nothing if the certificate was picked up before the deadline.
    Deadline {
        deadline: Deadline,
        #[serde(flatten)]
        application_id: ApplicationId,
    },
    /// Publishes CRLs that list a new revocation.
    Crl {
        /// The revoked certificate's serial number.
        serial_number: SerialNumber,
    },
    /// Appends an event to the audit log's hash chain.
    SealEvent {
        /// The audit event, whose id is also the id of the outbox row.
        event: AuditEvent,
    },
}

/// A deadline of an accepted application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Deadline {
    /// The time by which the old certificate must be revoked.
    Revocation,
    /// The time at which the subscriber is reminded.
    Reminder,
    /// The time at which the application expires.
    Expiry,
}

impl Effect {
    /// Returns the queue name, which is the row's partition key in the index of pending rows.
    pub fn queue(&self) -> &'static str {
        match self {
            Self::CertificateCode { .. }
            | Self::SignInCode { .. }
            | Self::AddressChangeNotice { .. }
            | Self::StopNotice { .. }
            | Self::RejectionNotice { .. }
            | Self::Reminder { .. }
            | Self::ExpiryNotice { .. } => Self::MAIL_QUEUE,
            Self::Deadline { .. } => Self::DEADLINE_QUEUE,
            Self::Crl { .. } => Self::CRL_QUEUE,
            Self::SealEvent { .. } => Self::AUDIT_QUEUE,
        }
    }

    pub const QUEUES: [&'static str; 4] =
        [Self::MAIL_QUEUE, Self::CRL_QUEUE, Self::AUDIT_QUEUE, Self::DEADLINE_QUEUE];
    /// The queue of the `send-certificate-code` function.
    pub const MAIL_QUEUE: &'static str = "mail";
    /// The queue of the `publish-crl` function.
    pub const CRL_QUEUE: &'static str = "crl";
    /// The queue of the `seal-audit-log` function.
    pub const AUDIT_QUEUE: &'static str = "audit";
    /// The queue of the `meet-deadlines` function.
    pub const DEADLINE_QUEUE: &'static str = "deadline";
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The partition key: a random id, or the id of the audit event.
    #[serde(rename = "pk")]
    pub id: String,
    #[serde(flatten)]
    pub effect: Effect,
    /// The time at which the transaction requested the effect.
    pub created_at: Timestamp,
    /// The earliest time at which the effect may happen.
    pub due_at: Timestamp,
    /// The time at which the row was marked as done, or `None` while the effect is pending.
    pub done_at: Option<Timestamp>,
}

impl OutboxRow {
    /// Returns true if the row was not yet due when it was created.
    pub fn is_held(&self) -> bool {
        self.due_at > self.created_at
    }
}

/// The maximum number of pending rows to read when looking for a queue's oldest readable row.
const OLDEST: i32 = 10;

/// The keys of a pending row in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueRow {
    /// The id of the row.
    pub id: String,
    /// The due time, or `None` if it cannot be read.
    pub due_at: Option<Timestamp>,
}

/// A new row with the attribute that adds it to the index of pending rows.
#[derive(Serialize)]
struct PendingRow<'a> {
    #[serde(flatten)]
    row: &'a OutboxRow,
    pending: &'a str,
}

/// The attribute that is read from the index of pending rows.
#[derive(Deserialize)]
struct DueAt {
    due_at: Timestamp,
}

impl Store {
    /// Returns the outbox row with this id.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn outbox_row(&self, id: &str) -> Result<Option<OutboxRow>, StoreError> {
        self.row(&key(id)).await?.map(from_item).transpose()
    }

    /// Returns the ids of the pending rows in `queue`, oldest first. The result is eventually consistent.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn pending(&self, queue: &str) -> Result<Vec<String>, StoreError> {
        Ok(ids(self.waiting(is_pending_in(queue)).await?))
    }

    /// Returns the ids of the pending rows in `queue` that are due at `now`, oldest first.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn due(&self, queue: &str, now: Timestamp) -> Result<Vec<String>, StoreError> {
        Ok(ids(self.due_rows(queue, now).await?))
    }

    /// Returns the same rows as [`Self::due`], with their due times.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn due_rows(&self, queue: &str, now: Timestamp) -> Result<Vec<DueRow>, StoreError> {
        self.waiting(is_pending_in(queue).and(at_most("due_at", now))).await
    }

    /// Returns the oldest pending rows of `queue`, at most ten. The due times of these rows may be in the future. The
    /// index is eventually consistent.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn oldest_pending(&self, queue: &str) -> Result<Vec<DueRow>, StoreError> {
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
            .limit(OLDEST)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(answer.items.unwrap_or_default().into_iter().map(due_row).collect())
    }

    async fn waiting(&self, which: Condition) -> Result<Vec<DueRow>, StoreError> {
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
        let mut waiting = Vec::new();
        while let Some(row) = rows.next().await {
            let row = row.map_err(|error| unavailable(&error))?;
            waiting.push(due_row(row));
        }
        Ok(waiting)
    }

    /// Marks the row `id` as done after its effect has happened. Repeated calls change nothing.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if a transaction is writing the row, or [`StoreError::Unavailable`] if the
    /// DynamoDB call fails.
    pub async fn mark_done(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write(finish(id, now)).await.map(drop)
    }
}

pub(crate) fn create(row: &OutboxRow) -> Result<Write, StoreError> {
    let pending = row.effect.queue();
    Write::put(key(&row.id), &PendingRow { row, pending }, is_new())
}

/// Marks the row `id` as done and removes it from the index. The row must still be pending.
pub(crate) fn finish(id: &str, now: Timestamp) -> Write {
    let update = Update::set("done_at", number(now))
        .and_set(TTL_ATTRIBUTE, number(now.plus(KEPT_WHEN_DONE)))
        .and_remove("pending");
    Write::update(key(id), update, exists("pending"))
}

/// Requires that the row is pending in this queue.
pub(super) fn is_pending_in(queue: &str) -> Condition {
    equals("pending", text(queue))
}

fn due_row(row: Item) -> DueRow {
    let id = text_of(&row, "pk").unwrap_or_default().to_owned();
    DueRow { id, due_at: from_item::<DueAt>(row).ok().map(|row| row.due_at) }
}

fn ids(rows: Vec<DueRow>) -> Vec<String> {
    rows.into_iter().map(|row| row.id).collect()
}

fn key(id: &str) -> Key {
    Key::without_sort_key(Table::Outbox, id)
}

#[cfg(test)]
mod tests {
    use super::*;

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
