//! Records the delivery outcomes of emails that Amazon SES reports.

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use lambda_runtime::Error;
use shared::{
    domain::delivery::DeliveryKind,
    edge::mail_event,
    refusal::Failure,
    telemetry::{self, metrics},
    use_cases::record_delivery::{DeliveryReport, RecordDelivery, Recorded},
    wiring::{self, Backend, BackendError},
};

/// Handles SES events from their queue.
pub struct RecordDeliveryFunction {
    /// The use case that records delivery reports.
    record: RecordDelivery,
}

impl RecordDeliveryFunction {
    /// Creates the function from the components in `backend`.
    ///
    /// # Errors
    ///
    /// Fails if a component that the function needs is not available.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { record: wiring::record_delivery(backend).await? })
    }

    /// Records the event in each message. Failed messages are reported to SQS, which delivers them again.
    ///
    /// # Errors
    ///
    /// Never returns an error. Each failure is reported for its message.
    pub async fn handle(&self, event: SqsEvent) -> Result<SqsBatchResponse, Error> {
        let mut response = SqsBatchResponse::default();
        for message in event.records {
            let id = message.message_id.unwrap_or_default();
            if let Err(failure) = telemetry::part(&id, self.record(message.body.as_deref())).await {
                failure.log("an event of a mail was not recorded");
                let mut failed = BatchItemFailure::default();
                failed.item_identifier = id;
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
        if let Recorded::Shown(_) = recorded {
            count(report.outcome.kind());
        }
        Ok(())
    }
}

/// Counts the delivery outcome of an email that contains a certificate code.
fn count(kind: DeliveryKind) {
    match kind {
        DeliveryKind::Delayed => {}
        DeliveryKind::Delivered => metrics::MAILS_DELIVERED.record(1, []),
        DeliveryKind::Bounced => metrics::MAILS_BOUNCED.record(1, []),
        DeliveryKind::Complained => metrics::MAILS_COMPLAINED.record(1, []),
    }
}

/// Logs one line for an event. The line contains the numbers that identify the database rows.
fn log(report: &DeliveryReport, recorded: &Recorded) {
    let event = report.outcome.kind().name();
    let outcome = report.outcome.name();
    let outbox_id = report.outbox_id.as_str();
    match recorded {
        Recorded::Shown(receipt) => tracing::info!(event, outcome, outbox_id, %receipt, "recorded"),
        Recorded::Known(receipt) => tracing::info!(event, outcome, outbox_id, %receipt, "no news"),
        Recorded::OtherMail => tracing::info!(event, outcome, outbox_id, "a mail without a code"),
        Recorded::UnknownMail => tracing::warn!(event, outcome, "a mail that is not on record"),
    }
}
