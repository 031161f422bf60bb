//! Messages in the outbox queues.

use serde::Deserialize;

use use_cases::refusal::Failure;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OutboxMessage {
    outbox_id: String,
}

/// Extracts the outbox row id from a queue message of the form `{"outboxId": "…"}`.
///
/// # Errors
///
/// Fails if the message does not have the expected form. A message that fails repeatedly is moved to the dead-letter
/// queue.
pub fn outbox_id(body: Option<&str>) -> Result<String, Failure> {
    serde_json::from_str::<OutboxMessage>(body.unwrap_or_default())
        .map(|message| message.outbox_id)
        .map_err(|_| Failure::internal("the message does not contain an outbox row id"))
}

/// Returns the queue message for the outbox row `id`.
pub fn outbox_message(id: &str) -> String {
    serde_json::json!({ "outboxId": id }).to_string()
}
