//! Sends the emails in the outbox, including emails with new certificate codes.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::Error;
use shared::{
    edge::{QueueResponse, outbox_id},
    refusal::Failure,
    telemetry::{self, Place, metrics, unreadable},
    use_cases::send_mail::{Attempt, SendMail},
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

    /// Sends one email for each message. Returns a message to SQS only if the message does not identify a row. If an
    /// email fails, its row stays pending, and the sweep sends a new message.
    ///
    /// # Errors
    ///
    /// Never returns an error. The response identifies the messages that do not identify a row.
    pub async fn handle(&self, event: SqsEvent) -> Result<QueueResponse, Error> {
        let mut response = QueueResponse::default();
        for message in event.records {
            let id = message.message_id.unwrap_or_default();
            match telemetry::part(&id, self.send(&id, message.body.as_deref())).await {
                Ok(Attempt::Done) => {}
                Ok(Attempt::UnknownRow) => response.return_message(id),
                Err(_) => response.leave_pending(),
            }
        }
        Ok(response)
    }

    async fn send(&self, message_id: &str, body: Option<&str>) -> Result<Attempt, Failure> {
        let Ok(id) = outbox_id(body) else {
            unreadable(Place::Queue, message_id);
            return Ok(Attempt::UnknownRow);
        };
        let sent = self.send.send(&id).await;
        match &sent {
            Ok(Attempt::Done) => return sent,
            Ok(Attempt::UnknownRow) => {}
            Err(failure) => failure.log("an email could not be sent"),
        }
        metrics::MAILS_FAILED.record(1, []);
        sent
    }
}
