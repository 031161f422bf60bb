//! After the procedure: the mails of the outbox, the one with the new certificate code above all.

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use lambda_runtime::Error;
use shared::{edge::outbox_id, use_cases::send_mail::SendMail};

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
            let sent = match outbox_id(message.body.as_deref()) {
                Ok(id) => self.send.send(&id).await,
                Err(failure) => Err(failure),
            };
            if let Err(failure) = sent {
                tracing::error!(error = %failure, "a mail was not sent");
                let mut failed = BatchItemFailure::default();
                failed.item_identifier = message.message_id.unwrap_or_default();
                response.batch_item_failures.push(failed);
            }
        }
        Ok(response)
    }
}
