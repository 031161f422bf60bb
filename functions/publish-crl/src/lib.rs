//! Publishes CRLs after revocations and on a schedule.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    edge::{QueueResponse, outbox_id},
    telemetry::{Place, unreadable},
    use_cases::publish_crl::PublishCrl,
    wiring::{self, Backend, BackendError},
};

/// Handles scheduled events and messages about outbox rows.
pub struct PublishCrlFunction {
    publish: PublishCrl,
}

impl PublishCrlFunction {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { publish: wiring::publish_crl(backend).await? })
    }

    /// Publishes the CRLs for the outbox rows in queue messages, or all CRLs for a scheduled event. Returns a message
    /// to SQS only if the message does not identify a row. If a CRL is not published, the rows stay pending, and the
    /// sweep sends new messages.
    ///
    /// # Errors
    ///
    /// Returns an error if a scheduled event did not publish every CRL.
    pub async fn handle(&self, event: Value) -> Result<QueueResponse, Error> {
        if event.get("Records").is_some() {
            return Ok(self.publish_for(serde_json::from_value(event)?).await);
        }
        self.publish.publish_all().await?;
        Ok(QueueResponse::default())
    }

    async fn publish_for(&self, event: SqsEvent) -> QueueResponse {
        let (mut response, mut ids) = (QueueResponse::default(), Vec::new());
        for message in event.records {
            match outbox_id(message.body.as_deref()) {
                Ok(id) => ids.push(id),
                Err(_) => {
                    let message_id = message.message_id.unwrap_or_default();
                    unreadable(Place::Queue, &message_id);
                    response.return_message(message_id);
                }
            }
        }
        if let Err(failure) = self.publish.publish_for(&ids).await {
            failure.log("a CRL was not published");
            response.leave_pending();
        }
        response
    }
}
