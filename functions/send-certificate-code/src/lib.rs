//! Sends the emails of the outbox, including the email with the new certificate code.

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use lambda_runtime::Error;
use shared::{
    edge::outbox_id,
    refusal::Failure,
    telemetry::{self, metrics},
    use_cases::send_mail::SendMail,
    wiring::{self, BackendError, FunctionBackend},
};

/// Handles messages from the outbox queue.
pub struct SendCertificateCode {
    /// The use case that sends the emails.
    send: SendMail,
}

impl SendCertificateCode {
    /// Creates the function from the components in `backend`.
    ///
    /// # Errors
    ///
    /// Fails if a component that the function needs is not available.
    pub async fn new(backend: &impl FunctionBackend) -> Result<Self, BackendError> {
        Ok(Self { send: wiring::send_mail(backend).await? })
    }

    /// Sends the email for each message. Failed messages are reported to SQS, which delivers them again.
    ///
    /// # Errors
    ///
    /// Never returns an error. Each failure is reported for its message.
    pub async fn handle(&self, event: SqsEvent) -> Result<SqsBatchResponse, Error> {
        let mut response = SqsBatchResponse::default();
        for message in event.records {
            let id = message.message_id.unwrap_or_default();
            if telemetry::part(&id, self.send(message.body.as_deref())).await.is_err() {
                let mut failed = BatchItemFailure::default();
                failed.item_identifier = id;
                response.batch_item_failures.push(failed);
            }
        }
        Ok(response)
    }

    async fn send(&self, message: Option<&str>) -> Result<(), Failure> {
        let sent = match outbox_id(message) {
            Ok(id) => self.send.send(&id).await,
            Err(failure) => Err(failure),
        };
        sent.inspect_err(|failure| {
            failure.log("a mail was not sent");
            metrics::MAILS_FAILED.record(1, []);
        })
    }
}
