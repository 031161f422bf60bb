//! Sends the emails in the outbox, including emails with new certificate codes.

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use lambda_runtime::Error;
use shared::{
    edge::outbox_id,
    refusal::Failure,
    telemetry::{self, metrics},
    use_cases::send_mail::SendMail,
    wiring::{self, BackendError, FunctionBackend},
};

/// Handles messages from the email queue.
pub struct SendCertificateCode {
    send: SendMail,
}

impl SendCertificateCode {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl FunctionBackend) -> Result<Self, BackendError> {
        Ok(Self { send: wiring::send_mail(backend).await? })
    }

    /// Sends one email for each message. Failed messages are reported to SQS, which redelivers them.
    ///
    /// # Errors
    ///
    /// Never returns an error. The response identifies the messages that failed.
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
            failure.log("an email could not be sent");
            metrics::MAILS_FAILED.record(1, []);
        })
    }
}
