//! Stops an application from the registered mailbox (再発行申請の停止).

use lambda_http::{
    Body, Request, Response,
    http::{Method, StatusCode},
};
use shared::{
    edge::{self, RequestFailure, StopRequest, StopView},
    use_cases::stop_application::StopApplication,
    wiring::{self, Backend, BackendError},
};

/// Handles `POST /api/stop` and `POST /api/stop/confirmation`.
pub struct StopApplicationFunction {
    stop: StopApplication,
}

impl StopApplicationFunction {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { stop: wiring::stop_application(backend).await? })
    }

    /// Handles one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        edge::answer(&request, async {
            if *request.method() != Method::POST {
                return Err(edge::method_not_allowed(&["POST"]));
            }
            let is_confirmed = edge::resource_path(&request).ends_with("/confirmation");
            self.answer(&request, is_confirmed).await
        })
        .await
    }

    async fn answer(&self, request: &Request, is_confirmed: bool) -> Result<Response<Body>, RequestFailure> {
        let input = edge::read_json::<StopRequest>(request)?.into();
        let found =
            if is_confirmed { self.stop.stop(&input).await? } else { self.stop.check(&input).await? };
        edge::json(StatusCode::OK, &StopView::new(found.receipt()?))
    }
}
