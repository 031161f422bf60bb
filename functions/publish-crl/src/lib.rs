//! Publishes CRLs after revocations and on a schedule.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    edge::outbox_id,
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

    /// Publishes the CRLs for the outbox rows in queue messages, or all CRLs for a scheduled event.
    ///
    /// # Errors
    ///
    /// Returns an error if a CRL was not published. SQS then redelivers the messages.
    pub async fn handle(&self, event: Value) -> Result<(), Error> {
        if event.get("Records").is_some() {
            let event: SqsEvent = serde_json::from_value(event)?;
            let bodies = event.records.iter().map(|message| outbox_id(message.body.as_deref()));
            let ids = bodies.collect::<Result<Vec<_>, _>>()?;
            self.publish.publish_for(&ids).await?;
        } else {
            self.publish.publish_all().await?;
        }
        Ok(())
    }
}
