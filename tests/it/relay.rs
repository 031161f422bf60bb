//! Tests of the relay from the outbox to the queues, through the stream and the sweep.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use relay_outbox::{BatchResponse, RelayOutbox};
use serde_json::{Value, json};
use shared::{
    domain::{DAY, HOUR, MINUTE},
    edge::outbox_id,
    lambda,
    ports::{Clock, PortError, Queue},
    store::Effect,
    use_cases::sweep_outbox::{MAX_ROWS, SweepOutbox},
};

use tracing_subscriber::filter::LevelFilter;

use crate::support::{CapturedLog, MovedClock, OutboxDatabase};

/// A queue that accepts `room` messages and rejects all later messages.
struct Memory {
    room: usize,
    messages: Mutex<Vec<String>>,
}

#[async_trait]
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

    /// Takes the messages out of the queue and returns the IDs of their rows.
    fn rows(&self) -> Vec<String> {
        let messages = std::mem::take(&mut *self.messages.lock().unwrap());
        messages.iter().map(|message| outbox_id(Some(message)).unwrap()).collect()
    }
}

/// A relay with its queues and its database.
struct Relay {
    relay: RelayOutbox,
    mails: Arc<Memory>,
    crls: Arc<Memory>,
    database: OutboxDatabase,
    clock: Arc<MovedClock>,
}

impl Relay {
    async fn new(mails: usize, crls: usize) -> Self {
        let (mails, crls, clock) = (Memory::with_room(mails), Memory::with_room(crls), MovedClock::new());
        let database = OutboxDatabase::new().await;
        let sweep =
            SweepOutbox { store: database.store.clone(), clock: Arc::clone(&clock) as Arc<dyn Clock> };
        let relay = RelayOutbox { mails: mails.clone(), crls: crls.clone(), sweep };
        Self { relay, mails, crls, database, clock }
    }

    /// Passes the records to the relay and returns its response.
    async fn stream(&self, records: Value) -> Value {
        serde_json::to_value(self.relay.handle(json!({ "Records": records })).await.unwrap()).unwrap()
    }

    /// Runs the sweep and returns the rows that were sent to each queue.
    async fn sweep(&self) -> (Vec<String>, Vec<String>) {
        self.relay.handle(json!({ "source": "aws.scheduler" })).await.unwrap();
        (self.mails.rows(), self.crls.rows())
    }

    /// Stores a pending row that is due after `seconds`.
    async fn record(&self, id: &str, queue: &str, seconds: i64) {
        let now = self.clock.now();
        let row = json!({
            "pk": id,
            "effect": "reminder",
            "enrollment": "07070707070707070707070707070707",
            "coupon_number": "984940947",
            "created_at": now,
            "due_at": now.plus(seconds),
            "pending": queue,
        });
        self.database.put(&row).await;
    }
}

fn inserted(sequence_number: &str, id: &str, pending: &str, due_at: &str) -> Value {
    json!({
        "eventName": "INSERT",
        "dynamodb": {
            "Keys": { "pk": { "S": id } },
            "NewImage": {
                "pk": { "S": id },
                "pending": { "S": pending },
                "created_at": { "N": "1795305600" },
                "due_at": { "N": due_at },
            },
            "SequenceNumber": sequence_number,
            "StreamViewType": "NEW_IMAGE",
        },
    })
}

const NOW: &str = "1795305600";

#[tokio::test]
async fn each_new_row_is_sent_to_its_queue() {
    let relay = Relay::new(9, 9).await;
    let removed = json!({ "eventName": "REMOVE", "dynamodb": { "Keys": { "pk": { "S": "gone" } }, "SequenceNumber": "5" } });
    let records = json!([
        inserted("1", "a", "mail", NOW),
        inserted("2", "b", "crl", NOW),
        inserted("3", "c", "deadline", NOW),
        inserted("4", "d", "audit", NOW),
        removed,
        inserted("6", "e", "mail", NOW),
        inserted("7", "held", "mail", "1795308300"),
    ]);
    assert_eq!(relay.stream(records).await, json!({ "batchItemFailures": [] }));
    assert_eq!((relay.mails.rows(), relay.crls.rows()), (vec!["a".into(), "e".into()], vec!["b".into()]));
}

#[tokio::test]
async fn the_stream_resumes_at_the_first_row_that_was_not_relayed() {
    let relay = Relay::new(1, 9).await;
    let records = json!([
        inserted("1", "a", "mail", NOW),
        inserted("2", "b", "mail", NOW),
        inserted("3", "c", "crl", NOW)
    ]);
    assert_eq!(relay.stream(records).await, json!({ "batchItemFailures": [{ "itemIdentifier": "2" }] }));
    assert_eq!(relay.crls.rows(), [""; 0]);
}

#[tokio::test]
async fn a_malformed_stream_record_does_not_stop_the_others() {
    let relay = Relay::new(9, 9).await;
    let malformed = [
        json!({ "dynamodb": { "SequenceNumber": "1", "NewImage": { "pk": { "N": "7" }, "pending": { "S": "mail" } } } }),
        json!({ "dynamodb": { "NewImage": { "pk": { "S": "no number" }, "pending": { "S": "mail" } } } }),
        json!({ "dynamodb": [] }),
        json!("what is this"),
    ];
    for record in malformed {
        let log = CapturedLog::start(LevelFilter::ERROR);
        let batch = json!({ "Records": [record, inserted("2", "b", "mail", NOW)] });
        let handled = Box::pin(relay.relay.handle(batch));
        let response = lambda::event_invocation("relay-outbox", "request", handled).await.unwrap();
        assert_eq!(response, BatchResponse::default());
        assert_eq!(relay.mails.rows(), ["b"]);
        let is_named = |line: &Value| line["place"] == "stream" && line["item"].is_string();
        assert!(log.lines().iter().any(is_named));
        assert!(log.metrics().iter().any(|line| line["Place"] == "stream" && line["UnreadableItems"] == 1));
    }
}

#[tokio::test]
async fn a_row_whose_message_was_lost_is_sent_again_until_it_is_done() {
    let relay = Relay::new(9, 9).await;
    relay.record("late-mail", Effect::MAIL_QUEUE, 0).await;
    relay.record("late-crl", Effect::CRL_QUEUE, 0).await;
    relay.record("deadline", Effect::DEADLINE_QUEUE, 0).await;
    assert_eq!(relay.sweep().await, (vec![], vec![]), "the relay has just sent these messages");
    for _ in 0..2 {
        relay.clock.advance(5 * MINUTE);
        assert_eq!(relay.sweep().await, (vec!["late-mail".to_owned()], vec!["late-crl".to_owned()]));
    }
    relay.database.store.mark_done("late-mail", relay.clock.now()).await.unwrap();
    assert_eq!(relay.sweep().await, (vec![], vec!["late-crl".to_owned()]));
}

#[tokio::test]
async fn a_held_row_is_sent_by_the_first_sweep_after_its_due_time() {
    let relay = Relay::new(9, 9).await;
    relay.record("45-minutes", Effect::MAIL_QUEUE, 45 * MINUTE).await;
    relay.record("72-hours", Effect::MAIL_QUEUE, 3 * DAY).await;
    relay.clock.advance(45 * MINUTE - 1);
    assert_eq!(relay.sweep().await.0, [""; 0]);
    relay.clock.advance(1);
    assert_eq!(relay.sweep().await.0, ["45-minutes"]);
    relay.clock.advance(3 * DAY - 45 * MINUTE);
    assert_eq!(relay.sweep().await.0, ["45-minutes", "72-hours"], "oldest first");
}

#[tokio::test]
async fn one_sweep_sends_a_limited_number_of_rows_oldest_first() {
    let relay = Relay::new(2 * MAX_ROWS, 9).await;
    for number in 0..=MAX_ROWS {
        relay.record(&format!("row-{number:04}"), Effect::MAIL_QUEUE, i64::try_from(number).unwrap()).await;
    }
    relay.clock.advance(HOUR);
    let sent = relay.sweep().await.0;
    assert_eq!(sent.len(), MAX_ROWS);
    assert_eq!((sent[0].as_str(), sent[MAX_ROWS - 1].as_str()), ("row-0000", "row-0999"));
}

#[tokio::test]
async fn a_full_queue_does_not_stop_the_sweep_of_the_other_queue() {
    let relay = Relay::new(0, 9).await;
    relay.record("mail", Effect::MAIL_QUEUE, 0).await;
    relay.record("crl", Effect::CRL_QUEUE, 0).await;
    relay.clock.advance(HOUR);
    assert!(relay.relay.handle(json!({ "source": "aws.scheduler" })).await.is_err());
    assert_eq!(relay.crls.rows(), ["crl"]);
}
