//! Runs a function's invocation, and records its outcome in the log and the metrics.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    time::Instant,
};

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse};
use lambda_http::{Body, Error, Response};
use serde::Serialize;
use tracing::{Instrument, field};

use telemetry::metrics;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The work was completed.
    Accepted,
    /// The service worked correctly and refused the request.
    Refused,
    /// The work failed because of a fault in the service.
    Failed,
}

impl Outcome {
    /// Returns the name that the log and the metrics use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

pub trait InvocationResult {
    fn outcome(&self) -> Outcome;

    /// Returns the HTTP status code, or `None` if the result is not an HTTP response.
    fn status(&self) -> Option<u16> {
        None
    }
}

impl InvocationResult for Response<Body> {
    /// Returns the outcome from the response's extensions, or derives it from the HTTP status. OCSP responses have
    /// status 200 even if a request is refused, so they set the outcome explicitly.
    fn outcome(&self) -> Outcome {
        let status = Response::status(self);
        if let Some(outcome) = self.extensions().get::<Outcome>() {
            *outcome
        } else if status.is_server_error() {
            Outcome::Failed
        } else if status.is_client_error() {
            Outcome::Refused
        } else {
            Outcome::Accepted
        }
    }

    fn status(&self) -> Option<u16> {
        Some(Response::status(self).as_u16())
    }
}

impl InvocationResult for () {
    fn outcome(&self) -> Outcome {
        Outcome::Accepted
    }
}

/// The response of a function to the messages of an outbox queue.
///
/// SQS redelivers only the messages that the response lists, and finally moves them to the dead-letter queue. A message
/// that fails for any other reason is not returned. Its outbox row stays pending, and the sweep sends a new message.
#[derive(Debug, Default, Serialize)]
pub struct QueueResponse {
    #[serde(flatten)]
    returned: SqsBatchResponse,
    /// True if processing a message failed and its row stays pending.
    #[serde(skip)]
    is_incomplete: bool,
}

impl QueueResponse {
    /// Returns the message with this id to SQS, because its work can never succeed.
    pub fn return_message(&mut self, message_id: String) {
        let mut failed = BatchItemFailure::default();
        failed.item_identifier = message_id;
        self.returned.batch_item_failures.push(failed);
    }

    /// Records that a message's row stays pending.
    pub fn leave_pending(&mut self) {
        self.is_incomplete = true;
    }
}

impl InvocationResult for QueueResponse {
    fn outcome(&self) -> Outcome {
        if self.is_incomplete { Outcome::Failed } else { self.returned.outcome() }
    }
}

impl InvocationResult for SqsBatchResponse {
    fn outcome(&self) -> Outcome {
        if self.batch_item_failures.is_empty() { Outcome::Accepted } else { Outcome::Failed }
    }
}

impl<T: InvocationResult> InvocationResult for Result<T, Error> {
    fn outcome(&self) -> Outcome {
        self.as_ref().map_or(Outcome::Failed, InvocationResult::outcome)
    }
}

/// Runs `work` as the invocation `request_id` of the function `step`. After `work` completes, logs a final line and
/// publishes the metrics. If `work` panics, returns the result of `after_panic`.
pub(crate) async fn invocation<T: InvocationResult>(
    step: &str,
    request_id: &str,
    work: impl Future<Output = T>,
    after_panic: impl FnOnce() -> T,
) -> T {
    let start = Instant::now();
    // The span has the level ERROR so that its fields are present even when only errors are logged.
    let span = tracing::error_span!(
        "invocation",
        requestId = request_id,
        step,
        application = field::Empty,
        client = field::Empty,
        account = field::Empty
    );
    let closed = async {
        let answer = caught(work).await.unwrap_or_else(after_panic);
        let (outcome, latency) = (answer.outcome().name(), i64::try_from(start.elapsed().as_millis()));
        let latency = latency.unwrap_or(i64::MAX);
        metrics::REQUESTS.record(1, [step, outcome]);
        metrics::LATENCY.record(latency, [step, outcome]);
        tracing::info!(status = answer.status(), outcome, durationMs = latency, "done");
        answer
    };
    let published = async {
        let (answer, recorded) = metrics::recorded(closed).await;
        recorded.publish();
        answer
    };
    published.instrument(span).await
}

/// Returns the result of `work`, or `None` if it panics.
async fn caught<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)))
            .map_or(Poll::Ready(None), |poll| poll.map(Some))
    })
    .await
}
