//! Records the email delivery outcomes that Amazon SES reports.

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use lambda_runtime::Error;
use shared::{
    adapters::ses::delivery_report,
    domain::delivery::{DeliveryKind, DeliveryReport},
    refusal::Failure,
    telemetry::{self, Place, metrics, unreadable},
    use_cases::record_delivery::{RecordDelivery, Recorded},
    wiring::{self, Backend, BackendError},
};

/// Handles SES events from an SQS queue.
pub struct RecordDeliveryFunction {
    record: RecordDelivery,
}

impl RecordDeliveryFunction {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { record: wiring::record_delivery(backend).await? })
    }

    /// Records the SES event in each message. Failed messages are reported to SQS, which redelivers them.
    ///
    /// # Errors
    ///
    /// Never returns an error. The response identifies the messages that failed.
    pub async fn handle(&self, event: SqsEvent) -> Result<SqsBatchResponse, Error> {
        let mut response = SqsBatchResponse::default();
        for message in event.records {
            let id = message.message_id.unwrap_or_default();
            if let Err(failure) = telemetry::part(&id, self.record(&id, message.body.as_deref())).await {
                failure.log("a delivery event could not be recorded");
                let mut failed = BatchItemFailure::default();
                failed.item_identifier = id;
                response.batch_item_failures.push(failed);
            }
        }
        Ok(response)
    }

    async fn record(&self, message_id: &str, body: Option<&str>) -> Result<(), Failure> {
        let report = delivery_report(body).inspect_err(|_| unreadable(Place::MailEvents, message_id));
        let Some(report) = report.map_err(Failure::internal)? else {
            tracing::info!("an ignored event type");
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

/// Counts the delivery outcome of an email with a certificate code.
fn count(kind: DeliveryKind) {
    match kind {
        DeliveryKind::Delayed => {}
        DeliveryKind::Delivered => metrics::MAILS_DELIVERED.record(1, []),
        DeliveryKind::Bounced => metrics::MAILS_BOUNCED.record(1, []),
        DeliveryKind::Complained => metrics::MAILS_COMPLAINED.record(1, []),
    }
}

/// Logs one line for an SES event, with the outcome and the IDs of the database rows.
fn log(report: &DeliveryReport, recorded: &Recorded) {
    let event = report.outcome.kind().name();
    let outcome = report.outcome.name();
    let outbox_id = report.outbox_id.as_str();
    match recorded {
        Recorded::Shown(receipt) => tracing::info!(event, outcome, outbox_id, %receipt, "recorded"),
        Recorded::Known(receipt) => tracing::info!(event, outcome, outbox_id, %receipt, "already recorded"),
        Recorded::OtherMail => tracing::info!(event, outcome, outbox_id, "an email without a code"),
        Recorded::UnknownMail => tracing::warn!(event, outcome, "an unknown email"),
    }
}
