//! Queues in Amazon SQS.

use async_trait::async_trait;
use aws_sdk_sqs::{Client, config::Builder};
use aws_types::SdkConfig;

use super::{idempotent_retries, sdk_error};
use ports::{PortError, Queue};

/// The name of the service in errors and metrics.
pub const SERVICE: &str = "sqs";

/// Creates an SQS client that retries calls, because the queues' consumers tolerate duplicate messages.
pub fn client(config: &SdkConfig) -> Client {
    Client::from_conf(Builder::from(config).retry_config(idempotent_retries()).build())
}

/// An SQS standard queue. Requires the `sqs:SendMessage` permission on the queue.
#[derive(Clone, Debug)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, message: &str) -> Result<(), PortError> {
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(message)
            .send()
            .await
            .map(drop)
            .map_err(|error| sdk_error(SERVICE, &error))
    }
}
