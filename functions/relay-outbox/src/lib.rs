//! Reads the DynamoDB stream of the outbox and sends a message for each new row to the responsible function's queue.

use std::sync::Arc;

use lambda_runtime::Error;
use serde::{Deserialize, Serialize};
use shared::{
    edge::{InvocationResult, Outcome, outbox_message},
    ports::Queue,
    refusal::Failure,
    store::Effect,
};

/// Handles batches from the outbox stream.
pub struct RelayOutbox {
    /// The queue from which the function `send-certificate-code` reads.
    pub mails: Arc<dyn Queue>,
    /// The queue from which the function `publish-crl` reads.
    pub crls: Arc<dyn Queue>,
}

/// A batch of stream records, limited to the members that this function uses.
#[derive(Deserialize)]
pub struct StreamEvent {
    #[serde(rename = "Records")]
    records: Vec<StreamRecord>,
}

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
}

#[derive(Deserialize)]
struct Text {
    #[serde(rename = "S")]
    text: String,
}

/// The response to Lambda. If a row was not relayed, the response identifies the record from which Lambda retries the
/// batch.
#[derive(Debug, Serialize, PartialEq, Eq)]
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
    /// Relays the rows of the batch in order and stops at the first failure. Lambda redelivers the failed row and all
    /// later rows.
    ///
    /// # Errors
    ///
    /// Never returns an error. The response identifies the record that failed.
    pub async fn handle(&self, event: StreamEvent) -> Result<BatchResponse, Error> {
        for change in event.records.into_iter().map(|record| record.dynamodb) {
            let Some(row) = change.new_image else { continue };
            if let Err(failure) = self.relay(&row).await {
                failure.log("an outbox row could not be relayed");
                let failed = FailedRecord { item_identifier: change.sequence_number };
                return Ok(BatchResponse { batch_item_failures: vec![failed] });
            }
        }
        Ok(BatchResponse { batch_item_failures: Vec::new() })
    }

    /// Sends a message for the row to its queue. Completed rows and rows for scheduled functions are skipped.
    async fn relay(&self, row: &NewRow) -> Result<(), Failure> {
        let queue = match row.pending.as_ref().map(|pending| pending.text.as_str()) {
            Some(Effect::MAIL_QUEUE) => &self.mails,
            Some(Effect::CRL_QUEUE) => &self.crls,
            _ => return Ok(()),
        };
        Ok(queue.send(&outbox_message(&row.pk.text)).await?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::{Value, json};
    use shared::{edge::outbox_id, ports::PortError};

    use super::*;

    /// A queue that accepts `room` messages and rejects all later messages.
    struct Memory {
        room: usize,
        messages: Mutex<Vec<String>>,
    }

    #[async_trait::async_trait]
    impl Queue for Memory {
        async fn send(&self, message: &str) -> Result<(), PortError> {
            let mut messages = self.messages.lock().unwrap();
            if messages.len() == self.room {
                return Err(PortError { service: "sqs", message: "full".to_owned() });
            }
            messages.push(message.to_owned());
            Ok(())
        }
    }

    impl Memory {
        fn with_room(room: usize) -> Arc<Self> {
            Arc::new(Self { room, messages: Mutex::default() })
        }

        fn rows(&self) -> Vec<String> {
            self.messages.lock().unwrap().iter().map(|message| outbox_id(Some(message)).unwrap()).collect()
        }
    }

    fn inserted(sequence_number: &str, id: &str, pending: &str) -> Value {
        json!({
            "eventName": "INSERT",
            "dynamodb": {
                "Keys": { "pk": { "S": id } },
                "NewImage": { "pk": { "S": id }, "pending": { "S": pending }, "due_at": { "N": "1795305600" } },
                "SequenceNumber": sequence_number,
                "StreamViewType": "NEW_IMAGE",
            },
        })
    }

    async fn relayed(records: Value, mails: &Arc<Memory>, crls: &Arc<Memory>) -> Value {
        let relay = RelayOutbox { mails: mails.clone(), crls: crls.clone() };
        let event = serde_json::from_value(json!({ "Records": records })).unwrap();
        serde_json::to_value(relay.handle(event).await.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn each_row_is_sent_to_its_queue() {
        let (mails, crls) = (Memory::with_room(9), Memory::with_room(9));
        let removed = json!({ "eventName": "REMOVE", "dynamodb": { "Keys": { "pk": { "S": "gone" } }, "SequenceNumber": "5" } });
        let records = json!([
            inserted("1", "a", "mail"),
            inserted("2", "b", "crl"),
            inserted("3", "c", "deadline"),
            inserted("4", "d", "audit"),
            removed,
            inserted("6", "e", "mail"),
        ]);
        assert_eq!(relayed(records, &mails, &crls).await, json!({ "batchItemFailures": [] }));
        assert_eq!((mails.rows(), crls.rows()), (vec!["a".into(), "e".into()], vec!["b".into()]));
    }

    #[tokio::test]
    async fn the_stream_resumes_at_the_first_row_that_was_not_relayed() {
        let (mails, crls) = (Memory::with_room(1), Memory::with_room(9));
        let records =
            json!([inserted("1", "a", "mail"), inserted("2", "b", "mail"), inserted("3", "c", "crl")]);
        assert_eq!(
            relayed(records, &mails, &crls).await,
            json!({ "batchItemFailures": [{ "itemIdentifier": "2" }] })
        );
        assert_eq!(crls.rows(), [""; 0]);
    }
}
