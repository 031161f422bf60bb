//! Publishes the CRLs after a revocation and on a schedule.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    edge::outbox_id,
    use_cases::publish_crl::PublishCrl,
    wiring::{self, Backend, BackendError},
};

/// Handles outbox rows from their queue and the events of the schedule.
pub struct PublishCrlFunction {
    /// Publishes the CRLs.
    publish: PublishCrl,
}

impl PublishCrlFunction {
    /// Creates the function from the parts of `backend`.
    ///
    /// # Errors
    ///
    /// When a part that the function needs is not available.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { publish: wiring::publish_crl(backend).await? })
    }

    /// Publishes the CRLs that the messages of the batch name, or all CRLs for an event of the schedule.
    ///
    /// # Errors
    ///
    /// When a CRL was not published; SQS then delivers the messages again.
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
