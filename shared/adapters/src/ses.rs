//! Sends emails through Amazon SES (API version 2) and parses SES events about emails.

mod event;

use async_trait::async_trait;
use aws_sdk_sesv2::{
    Client,
    error::BuildError,
    types::{Body, Content, Destination, EmailContent, Message, MessageTag},
};
use aws_types::SdkConfig;

pub use self::event::{NotAnEvent, delivery_report};
use super::sdk_error_without_message;
use ports::{Mail, Mailer, PortError};

/// The name of the service in errors and metrics.
pub const SERVICE: &str = "ses";

/// Creates an SES client that does not retry calls, because the outbox retries emails over a longer period.
pub fn client(config: &SdkConfig) -> Client {
    Client::new(config)
}

/// A mailer that sends emails through SES. Requires the `ses:SendEmail` permission on the sender identity and on the
/// configuration set.
#[derive(Clone, Debug)]
pub struct SesMailer {
    client: Client,
    from: String,
    configuration_set: Option<String>,
}

impl SesMailer {
    /// Creates a mailer that sends from the address `from`, which must be verified in SES. SES publishes email events
    /// to the event destination of `configuration_set`.
    pub fn new(client: Client, from: impl Into<String>, configuration_set: Option<String>) -> Self {
        Self { client, from: from.into(), configuration_set }
    }
}

#[async_trait]
impl Mailer for SesMailer {
    /// Sends an email. [`Mail::outbox_id`] must consist of at most 256 ASCII letters, digits, hyphens, underscores,
    /// dots and at signs, because SES rejects other tag values.
    async fn send(&self, mail: &Mail) -> Result<(), PortError> {
        let content = content(mail).map_err(|error| PortError::new(SERVICE, &error))?;
        let tags = tags(mail).map_err(|error| PortError::new(SERVICE, &error))?;
        self.client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(&mail.to).build())
            .content(content)
            .set_configuration_set_name(self.configuration_set.clone())
            .set_email_tags(Some(tags))
            .send()
            .await
            // Error messages from SES contain email addresses, which must not be logged.
            .map_err(|error| sdk_error_without_message(SERVICE, &error))?;
        Ok(())
    }
}

/// Returns the tags that SES includes in its events about the email.
fn tags(mail: &Mail) -> Result<Vec<MessageTag>, BuildError> {
    let tag = |name, value: &str| MessageTag::builder().name(name).value(value).build();
    let mut tags = vec![tag(Mail::OUTBOX_ID_TAG, &mail.outbox_id)?];
    if let Some(number) = mail.send_number {
        tags.push(tag(Mail::SEND_NUMBER_TAG, &number.to_string())?);
    }
    Ok(tags)
}

fn content(mail: &Mail) -> Result<EmailContent, BuildError> {
    let utf8 = |text: &str| Content::builder().data(text).charset("UTF-8").build();
    let body = Body::builder().text(utf8(&mail.text)?).html(utf8(&mail.html)?).build();
    let message = Message::builder().subject(utf8(&mail.subject)?).body(body).build();
    Ok(EmailContent::builder().simple(message).build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use stub_service::{Answer, StubService};

    use crate::config_of;

    fn mail() -> Mail {
        Mail {
            to: "hanako@example.jp".to_owned(),
            subject: "証明書コード".to_owned(),
            text: "text".to_owned(),
            html: "<p>html</p>".to_owned(),
            outbox_id: "mail-1".to_owned(),
            send_number: Some(2),
        }
    }

    #[tokio::test]
    async fn an_email_has_both_parts_and_its_tags() {
        let service = StubService::start([Answer::json(200, r#"{"MessageId":"1"}"#)]);
        let mailer = SesMailer::new(client(&config_of(&service)), "ra@example.jp", Some("events".to_owned()));
        mailer.send(&mail()).await.unwrap();
        let [request] = &service.requests()[..] else { panic!("one request") };
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["Destination"]["ToAddresses"], serde_json::json!(["hanako@example.jp"]));
        let message = &body["Content"]["Simple"];
        assert_eq!(message["Subject"], serde_json::json!({ "Data": "証明書コード", "Charset": "UTF-8" }));
        assert_eq!(message["Body"]["Html"]["Data"], "<p>html</p>");
        assert_eq!(message["Body"]["Text"]["Data"], "text");
        let tags = [
            serde_json::json!({ "Name": "outbox-id", "Value": "mail-1" }),
            serde_json::json!({ "Name": "send-number", "Value": "2" }),
        ];
        assert_eq!(body["EmailTags"], serde_json::json!(tags));
        assert_eq!(body["ConfigurationSetName"], "events");
    }

    #[tokio::test]
    async fn a_rejected_email_is_not_retried_and_the_error_omits_the_message() {
        for status in [400, 500] {
            let refusal = r#"{"__type":"MessageRejected","message":"not verified: hanako@example.jp"}"#;
            let service = StubService::start([Answer::json(status, refusal)]);
            let mailer = SesMailer::new(client(&config_of(&service)), "ra@example.jp", None);
            let error = mailer.send(&mail()).await.unwrap_err();
            assert_eq!(error.to_string(), "ses: MessageRejected (request stub)");
            assert_eq!(service.requests().len(), 1);
        }
    }
}
