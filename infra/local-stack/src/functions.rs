//! Calls the functions behind the API by logical id, with API Gateway events and responses.

use std::{
    collections::HashMap,
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use answer_ocsp::AnswerOcspFunction;
use authenticate_subscriber::AuthenticateSubscriber;
use lambda_http::{
    Adapter, Body, Context, LambdaEvent, Request, Response, Service, request::LambdaRequest, service_fn,
};
use list_certificates::ListCertificates;
use pick_up_certificate::PickUpCertificate;
use review_application::ReviewApplication;
use save_application::SaveApplication;
use serde_json::Value;
use shared::{
    edge::Entrance,
    lambda,
    wiring::{self, BackendError},
};
use show_certificate::ShowCertificate;
use show_receipt::ShowReceipt;
use stop_application::StopApplicationFunction;
use submit_application::SubmitApplicationFunction;

use crate::components::Components;

type Answer = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;
type Handler = Arc<dyn Fn(Request) -> Answer + Send + Sync>;

pub(crate) struct Functions {
    handlers: HashMap<&'static str, Handler>,
    entrance: Arc<Entrance>,
    request_ids: RequestIds,
}

/// Generates request ids. Each invocation has a unique id, as on Lambda.
pub(crate) struct RequestIds {
    prefix: &'static str,
    given: AtomicU64,
}

/// An event or a response does not have API Gateway's format.
#[derive(Debug, thiserror::Error)]
#[error("not in API Gateway's format: {0}")]
pub(crate) struct EventError(#[from] serde_json::Error);

macro_rules! handler {
    ($function:expr) => {{
        let function = Arc::new($function);
        Arc::new(move |request: Request| {
            let function = Arc::clone(&function);
            Box::pin(async move { function.handle(request).await }) as Answer
        }) as Handler
    }};
}

impl Functions {
    /// Creates all functions from `components`. In a deployment, each function has a separate binary.
    pub(crate) async fn new(components: &Components) -> Result<Self, BackendError> {
        let handlers = HashMap::from([
            ("AuthenticateSubscriber", handler!(AuthenticateSubscriber::new(components).await?)),
            ("ListCertificates", handler!(ListCertificates::new(components).await?)),
            ("ShowCertificate", handler!(ShowCertificate::new(components).await?)),
            ("SaveApplication", handler!(SaveApplication::new(components).await?)),
            ("ReviewApplication", handler!(ReviewApplication::new(components).await?)),
            ("SubmitApplication", handler!(SubmitApplicationFunction::new(components).await?)),
            ("ShowReceipt", handler!(ShowReceipt::new(components).await?)),
            ("PickUpCertificate", handler!(PickUpCertificate::new(components).await?)),
            ("StopApplication", handler!(StopApplicationFunction::new(components).await?)),
            ("AnswerOcsp", handler!(AnswerOcspFunction::new(components).await?)),
        ]);
        let entrance = Arc::new(wiring::entrance(components).await?);
        Ok(Self { handlers, entrance, request_ids: RequestIds::new("api") })
    }

    /// Returns true if a function has the logical id `name`.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.handlers.contains_key(name)
    }

    /// Calls the function `name` with an API Gateway proxy event. Returns `None` if the function does not exist.
    pub(crate) async fn call(&self, name: &str, event: Value) -> Option<Result<Value, EventError>> {
        let handler = Arc::clone(self.handlers.get(name)?);
        let entrance = Arc::clone(&self.entrance);
        Some(invoke(handler, entrance, &step(name), &self.request_ids.next(), event).await)
    }
}

/// Converts the event to a request, calls the handler and converts the response, as `lambda_http::run` does.
async fn invoke(
    handler: Handler,
    entrance: Arc<Entrance>,
    step: &str,
    request_id: &str,
    event: Value,
) -> Result<Value, EventError> {
    let payload: LambdaRequest = serde_json::from_value(event)?;
    let service = service_fn(move |request: Request| {
        let (handler, entrance) = (Arc::clone(&handler), Arc::clone(&entrance));
        async move {
            let handle = |request| handler(request);
            Ok::<_, Infallible>(
                lambda::request_invocation(step, request_id, &entrance, request, handle).await,
            )
        }
    });
    let Ok(response) = Adapter::from(service).call(LambdaEvent::new(payload, Context::default())).await;
    Ok(serde_json::to_value(response)?)
}

/// Converts a logical id such as `ShowReceipt` to the name of the function, `show-receipt`.
fn step(logical_id: &str) -> String {
    let mut name = String::new();
    for letter in logical_id.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

impl RequestIds {
    pub(crate) fn new(prefix: &'static str) -> Self {
        Self { prefix, given: AtomicU64::new(0) }
    }

    pub(crate) fn next(&self) -> String {
        format!("{}-{}", self.prefix, self.given.fetch_add(1, Ordering::Relaxed))
    }
}
