//! After a revocation, and on schedule: the CRL.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::Error;
use serde_json::Value;
use shared::{edge::outbox_id, use_cases::publish_crl::PublishCrl};

/// Takes outbox rows from their queue, and the schedule's events.
pub struct PublishCrlFunction {
    /// Publishes the CRL.
    pub publish: PublishCrl,
}

impl PublishCrlFunction {
    /// Publishes one CRL for all messages of the batch, or for the schedule.
    ///
    /// # Errors
    ///
    /// When it was not published; the messages come again.
    pub async fn handle(&self, event: Value) -> Result<(), Error> {
        let published = if event.get("Records").is_some() {
            let event: SqsEvent = serde_json::from_value(event)?;
            let bodies = event.records.iter().map(|message| outbox_id(message.body.as_deref()));
            let ids = bodies.collect::<Result<Vec<_>, _>>()?;
            self.publish.publish_for(&ids).await?
        } else {
            Some(self.publish.publish().await?)
        };
        if let Some(crl) = published {
            tracing::info!(crl_number = crl.number, entries = crl.entry_count, "published");
        }
        Ok(())
    }
}
