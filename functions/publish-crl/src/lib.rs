//! Publishes the CRLs after a revocation and on a schedule.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    edge::outbox_id,
    use_cases::publish_crl::PublishCrl,
    wiring::{self, Backend, BackendError},
};

/// Handles the schedule's events, and messages from the queue of outbox rows.
pub struct PublishCrlFunction {
    /// The use case that publishes the CRLs.
    publish: PublishCrl,
}

impl PublishCrlFunction {
    /// Creates the function from the components in `backend`.
    ///
    /// # Errors
    ///
    /// Fails if a component that the function needs is not available.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { publish: wiring::publish_crl(backend).await? })
    }

    /// Publishes the CRLs for the outbox rows in the messages, or all CRLs for an event of the schedule.
    ///
    /// # Errors
    ///
    /// Fails if a CRL was not published. SQS then delivers the messages again.
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
