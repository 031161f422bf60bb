//! After a revocation, and on schedule: the CRLs.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::Error;
use serde_json::Value;
use shared::{edge::outbox_id, use_cases::publish_crl::PublishCrl};

/// Takes outbox rows from their queue, and the schedule's events.
pub struct PublishCrlFunction {
    /// Publishes the CRLs.
    pub publish: PublishCrl,
}

impl PublishCrlFunction {
    /// Publishes the CRLs that the messages of the batch ask for, or all of them for the schedule.
    ///
    /// # Errors
    ///
    /// When one was not published; the messages come again.
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
