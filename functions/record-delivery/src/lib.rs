//! After the procedure: what became of the mails, as Amazon SES reports it.

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use lambda_runtime::Error;
use shared::{
    edge::mail_event,
    refusal::Failure,
    use_cases::record_delivery::{DeliveryReport, RecordDelivery, Recorded},
};

/// Takes the events of SES from their queue.
pub struct RecordDeliveryFunction {
    /// Records them.
    pub record: RecordDelivery,
}

impl RecordDeliveryFunction {
    /// Records the event in each message; those that failed are reported and come again.
    ///
    /// # Errors
    ///
    /// Never; a failure belongs to its message.
    pub async fn handle(&self, event: SqsEvent) -> Result<SqsBatchResponse, Error> {
        let mut response = SqsBatchResponse::default();
        for message in event.records {
            if let Err(failure) = self.record(message.body.as_deref()).await {
                tracing::error!(error = %failure, "an event of a mail was not recorded");
                let mut failed = BatchItemFailure::default();
                failed.item_identifier = message.message_id.unwrap_or_default();
                response.batch_item_failures.push(failed);
            }
        }
        Ok(response)
    }

    async fn record(&self, body: Option<&str>) -> Result<(), Failure> {
        let Some(report) = mail_event(body)? else {
            tracing::info!("an event of no concern");
            return Ok(());
        };
        let recorded = self.record.record(&report).await?;
        log(&report, &recorded);
        Ok(())
    }
}

/// One line an event, with numbers that the records explain.
fn log(report: &DeliveryReport, recorded: &Recorded) {
    let event = report.outcome.kind().name();
    let outcome = report.outcome.name();
    let outbox_id = report.outbox_id.as_str();
    match recorded {
        Recorded::News(receipt) => tracing::info!(event, outcome, outbox_id, %receipt, "recorded"),
        Recorded::Known(receipt) => tracing::info!(event, outcome, outbox_id, %receipt, "no news"),
        Recorded::OtherMail => tracing::info!(event, outcome, outbox_id, "a mail without a code"),
        Recorded::UnknownMail => tracing::warn!(event, outcome, "a mail that is not on record"),
    }
}
