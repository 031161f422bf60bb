//! After the procedure: the mails of the outbox, the one with the new certificate code above all.

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use lambda_runtime::Error;
use shared::{
    edge::outbox_id,
    refusal::Failure,
    telemetry::{self, metrics},
    use_cases::send_mail::SendMail,
};

/// Takes outbox rows from their queue.
pub struct SendCertificateCode {
    /// Sends the mails.
    pub send: SendMail,
}

impl SendCertificateCode {
    /// Sends the mail of each message; those that failed are reported and come again.
    ///
    /// # Errors
    ///
    /// Never; a failure belongs to its message.
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
