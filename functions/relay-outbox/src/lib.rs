//! Sends a message for each new outbox row in the table's stream to the queue of the responsible function. On a
//! schedule, also sends a message for each row that is due and still pending.

use std::sync::Arc;

use lambda_runtime::Error;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    edge::{InvocationResult, Outcome, outbox_message},
    ports::{PortError, Queue},
    refusal::Failure,
    store::Effect,
    telemetry::{Place, unreadable},
    use_cases::sweep_outbox::SweepOutbox,
};

/// Handles batches from the outbox stream, and scheduled events.
pub struct RelayOutbox {
    /// The queue of the `send-certificate-code` function.
    pub mails: Arc<dyn Queue>,
    /// The queue of the `publish-crl` function.
    pub crls: Arc<dyn Queue>,
    /// The use case that finds rows to send again.
    pub sweep: SweepOutbox,
}

/// A stream record, limited to the members that this function uses.
#[derive(Deserialize)]
struct StreamRecord {
    dynamodb: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    sequence_number: String,
    new_image: Option<NewRow>,
}

#[derive(Deserialize)]
struct NewRow {
    pk: Text,
    pending: Option<Text>,
    created_at: Option<Number>,
    due_at: Option<Number>,
}

#[derive(Deserialize)]
struct Text {
    #[serde(rename = "S")]
    text: String,
}

#[derive(Deserialize)]
struct Number {
    #[serde(rename = "N")]
    digits: String,
}

impl NewRow {
    /// Returns true if the row's due time is later than its creation time.
    fn is_held(&self) -> bool {
        let [created_at, due_at] =
            [&self.created_at, &self.due_at].map(|time| time.as_ref()?.digits.parse().ok());
        created_at.zip(due_at).is_some_and(|(created_at, due_at): (i64, i64)| due_at > created_at)
    }
}

/// The response to Lambda. If a row was not relayed, the response identifies the record at which Lambda resumes the
/// batch.
#[derive(Debug, Default, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    batch_item_failures: Vec<FailedRecord>,
}

#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct FailedRecord {
    item_identifier: String,
}

impl InvocationResult for BatchResponse {
    fn outcome(&self) -> Outcome {
        if self.batch_item_failures.is_empty() { Outcome::Accepted } else { Outcome::Failed }
    }
}

impl RelayOutbox {
    /// Relays the records of a batch, or sends the rows that a scheduled event finds.
    ///
    /// # Errors
    ///
    /// Returns an error if a scheduled event did not send every row. The next scheduled event finds the other rows.
    pub async fn handle(&self, event: Value) -> Result<BatchResponse, Error> {
        match event.get("Records").and_then(Value::as_array) {
            Some(records) => Ok(self.relay(records).await),
            None => self.sweep().await.map(|()| BatchResponse::default()),
        }
    }

    /// Relays the rows of the batch in order and stops at the first failure. Lambda redelivers the failed row and all
    /// later rows. An unreadable record is skipped. The sweep later finds the row of a skipped record.
    async fn relay(&self, records: &[Value]) -> BatchResponse {
        for record in records {
            let Ok(StreamRecord { dynamodb: change }) = StreamRecord::deserialize(record) else {
                unreadable(Place::Stream, name(record));
                continue;
            };
            let Some(row) = change.new_image else { continue };
            if let Err(error) = self.relay_row(&row).await {
                Failure::from(error).log("a row of the outbox was not relayed");
                let failed = FailedRecord { item_identifier: change.sequence_number };
                return BatchResponse { batch_item_failures: vec![failed] };
            }
        }
        BatchResponse::default()
    }

    /// Sends a message for the row to its queue. Skips completed rows, rows for scheduled functions, and held rows,
    /// which the sweep sends when they are due.
    async fn relay_row(&self, row: &NewRow) -> Result<(), PortError> {
        let queue = match row.pending.as_ref().map(|pending| pending.text.as_str()) {
            Some(Effect::MAIL_QUEUE) if !row.is_held() => &self.mails,
            Some(Effect::CRL_QUEUE) if !row.is_held() => &self.crls,
            _ => return Ok(()),
        };
        queue.send(&outbox_message(&row.pk.text)).await
    }

    /// Sends a message for each row that [`SweepOutbox`] finds. If one queue fails, messages for the other queue are
    /// still sent.
    async fn sweep(&self) -> Result<(), Error> {
        let mut swept = Ok(());
        for (name, queue) in [(Effect::MAIL_QUEUE, &self.mails), (Effect::CRL_QUEUE, &self.crls)] {
            swept = self.sweep_queue(name, queue.as_ref()).await.and(swept);
        }
        Ok(swept?)
    }

    async fn sweep_queue(&self, name: &str, queue: &dyn Queue) -> Result<(), Failure> {
        let ids = self.sweep.rows_to_send(name).await?;
        for id in &ids {
            queue.send(&outbox_message(id)).await?;
        }
        Ok(())
    }
}

/// Returns the key of the record's row. If the key is missing, returns the sequence number or an empty string.
fn name(record: &Value) -> &str {
    let change = &record["dynamodb"];
    let id = change["Keys"]["pk"]["S"].as_str().or(change["SequenceNumber"].as_str());
    id.unwrap_or_default()
}
