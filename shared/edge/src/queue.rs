//! Messages in the queues of the outbox.

use serde::Deserialize;

use use_cases::refusal::Failure;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OutboxMessage {
    outbox_id: String,
}

/// Returns the id of the outbox row that a queue message names: `{"outboxId": "…"}`.
///
/// # Errors
///
/// When the message has another form; the queue then moves it to the dead-letter queue.
pub fn outbox_id(body: Option<&str>) -> Result<String, Failure> {
    serde_json::from_str::<OutboxMessage>(body.unwrap_or_default())
        .map(|message| message.outbox_id)
        .map_err(|_| Failure::internal("the message names no outbox row"))
}

/// Returns the message that names the outbox row `id`.
pub fn outbox_message(id: &str) -> String {
    serde_json::json!({ "outboxId": id }).to_string()
}
