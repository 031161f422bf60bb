//! Runs a function on AWS Lambda: starts the log, wires the function, and handles one invocation at a time.
//!
//! Handler futures are boxed because they are large and the compiler limits the nesting depth of futures.

use std::{convert::Infallible, future::Future, process::ExitCode};

use lambda_http::{
    Body, BoxFuture, Error, Request, RequestExt, Response,
    lambda_runtime::{self, Diagnostic, LambdaEvent},
    service_fn,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Entrance,
    invocation::{InvocationResult, invocation},
};
use ports::with_causes;
use use_cases::refusal::Failure;

/// Runs the function `step` behind the API. `wire` creates the function and the entrance that admits its requests, and
/// `handle` handles the admitted requests. Returns only if the wiring or the Lambda runtime fails, and logs the reason.
pub async fn serve_requests<F, A>(
    step: &'static str,
    wire: impl Future<Output = Result<(Entrance, F), Error>>,
    handle: impl Fn(&'static F, Request) -> A + Copy + Send + 'static,
) -> ExitCode
where
    F: Sync + 'static,
    A: Future<Output = Response<Body>> + Send,
{
    start(step, async {
        let (entrance, function) = wire.await?;
        let (entrance, function) = (for_good(entrance), for_good(function));
        let serve = move |request: Request| async move {
            let id = request.lambda_context_ref().map(|context| context.request_id.clone());
            let handle = move |request| Box::pin(handle(function, request)) as BoxFuture<'_, _>;
            Ok::<_, Infallible>(
                request_invocation(step, &id.unwrap_or_default(), entrance, request, handle).await,
            )
        };
        lambda_http::run(service_fn(serve)).await
    })
    .await
}

/// Runs the function `step`, which is invoked by a queue or a schedule. Otherwise works like [`serve_requests`].
pub async fn serve_events<F, E, A, T>(
    step: &'static str,
    wire: impl Future<Output = Result<F, Error>>,
    handle: impl Fn(&'static F, E) -> A,
) -> ExitCode
where
    F: Sync + 'static,
    E: DeserializeOwned,
    A: Future<Output = Result<T, Error>> + Send,
    T: InvocationResult + Serialize,
{
    start(step, async {
        let function = for_good(wire.await?);
        let serve = |event: LambdaEvent<E>| {
            let work = Box::pin(handle(function, event.payload));
            async move { event_invocation(step, &event.context.request_id, work).await.map_err(Diagnostic::from) }
        };
        lambda_runtime::run(service_fn(serve)).await
    })
    .await
}

/// Passes `request` through `entrance` to `handle`, as one invocation. If `handle` panics, returns an error response.
pub async fn request_invocation<'a>(
    step: &str,
    request_id: &str,
    entrance: &Entrance,
    request: Request,
    handle: impl FnOnce(Request) -> BoxFuture<'a, Response<Body>>,
) -> Response<Body> {
    let language = crate::language(&request);
    let work = entrance.answer(request, handle);
    invocation(step, request_id, work, || crate::panicked(language)).await
}

/// Runs `work` as an invocation that handles one event. Logs errors, and converts a panic to an error.
///
/// # Errors
///
/// Returns an error if `work` fails or panics.
pub async fn event_invocation<T: InvocationResult>(
    step: &str,
    request_id: &str,
    work: BoxFuture<'_, Result<T, Error>>,
) -> Result<T, Error> {
    let logged = async {
        let done = work.await;
        if let Err(error) = &done {
            match error.downcast_ref::<Failure>() {
                Some(failure) => failure.log("failed"),
                None => tracing::error!(error = with_causes(error.as_ref()), "failed"),
            }
        }
        done
    };
    invocation(step, request_id, logged, || Err("panicked".into())).await
}

async fn start(step: &'static str, run: impl Future<Output = Result<(), Error>>) -> ExitCode {
    telemetry::log::start(step);
    match run.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(step, error = with_causes(error.as_ref()), "the function could not start");
            ExitCode::FAILURE
        }
    }
}

/// Leaks the function, which is needed until the process exits.
fn for_good<F>(function: F) -> &'static F {
    Box::leak(Box::new(function))
}
