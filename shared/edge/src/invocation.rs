//! One invocation of a function: what all its lines in the log have in common, how it ended, what it recorded.

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

/// How an invocation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Accepted,
    /// Whoever asked for it has to change something.
    Refused,
    /// It was not done, or not all of it, and that is the service's fault.
    Failed,
}

impl Outcome {
    /// Its name in the log and the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// What an invocation gives.
pub trait Answered {
    /// How it ended.
    fn outcome(&self) -> Outcome;

    /// The status code, if it is an answer over HTTP.
    fn status(&self) -> Option<u16> {
        None
    }
}

impl Answered for Response<Body> {
    /// By its status, unless it says otherwise: an OCSP response has the status 200, whatever it says.
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

impl Answered for () {
    fn outcome(&self) -> Outcome {
        Outcome::Accepted
    }
}

impl Answered for SqsBatchResponse {
    fn outcome(&self) -> Outcome {
        if self.batch_item_failures.is_empty() { Outcome::Accepted } else { Outcome::Failed }
    }
}

impl<T: Answered> Answered for Result<T, Error> {
    fn outcome(&self) -> Outcome {
        self.as_ref().map_or(Outcome::Failed, Answered::outcome)
    }
}

/// Runs `work` as the invocation `request_id` of the function `step`, with a closing line in the log and its metrics
/// after it. When it panics, the answer is what `after_panic` gives.
pub(crate) async fn invocation<T: Answered>(
    step: &str,
    request_id: &str,
    work: impl Future<Output = T>,
    after_panic: impl FnOnce() -> T,
) -> T {
    let start = Instant::now();
    // At a level that is always on, or its fields would be missing when only errors are logged.
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

/// What `work` gives; `None` when it panics.
async fn caught<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)))
            .map_or(Poll::Ready(None), |poll| poll.map(Some))
    })
    .await
}
