//! The invocation of a function, with the shared fields of its log lines, its outcome and its metrics.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    time::Instant,
};

use aws_lambda_events::event::sqs::SqsBatchResponse;
use lambda_http::{Body, Error, Response};
use tracing::{Instrument, field};

use telemetry::metrics;

/// The outcome of an invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The work was completed.
    Accepted,
    /// The request was refused, but the service had no fault.
    Refused,
    /// The work was not completed because of a fault in the service.
    Failed,
}

impl Outcome {
    /// Returns the name of the outcome in the log and the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// The result of an invocation.
pub trait InvocationResult {
    /// Returns the outcome of the invocation.
    fn outcome(&self) -> Outcome;

    /// Returns the status code if the result is an HTTP response, and `None` otherwise.
    fn status(&self) -> Option<u16> {
        None
    }
}

impl InvocationResult for Response<Body> {
    /// Returns the outcome in the response's extensions, or derives it from the status. An OCSP response has the status
    /// 200 even if the request was refused.
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

/// Runs `work` as the invocation `request_id` of the function `step`. Logs a final line and then publishes the metrics.
/// If `work` panics, returns the result of `after_panic`.
pub(crate) async fn invocation<T: InvocationResult>(
    step: &str,
    request_id: &str,
    work: impl Future<Output = T>,
    after_panic: impl FnOnce() -> T,
) -> T {
    let start = Instant::now();
    // This level is always enabled. With a lower level, the fields would be missing when only errors are logged.
    let span = tracing::error_span!("invocation", requestId = request_id, step, application = field::Empty);
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
