//! Steps 5 and 6: accepts the application (再発行申請の受付).

use lambda_http::{
    Body, Request, Response,
    http::{Method, StatusCode},
};
use shared::{
    edge::{self, ReceiptView, RequestFailure, SubmissionRequest},
    refusal::Refusal,
    use_cases::submit_application::SubmitApplication,
    wiring::{self, BackendError, FunctionBackend},
};

/// Handles `POST /api/application/submission`.
pub struct SubmitApplicationFunction {
    submit: SubmitApplication,
}

impl SubmitApplicationFunction {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl FunctionBackend) -> Result<Self, BackendError> {
        Ok(Self { submit: wiring::submit_application(backend).await? })
    }

    /// Handles one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        edge::answer(&request, async {
            match *request.method() {
                Method::POST => self.accept(&request).await,
                _ => Err(edge::method_not_allowed(&["POST"])),
            }
        })
        .await
    }

    async fn accept(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let token = edge::session_token(request)?;
        let key = edge::idempotency_key(request)?;
        let input = edge::read_json::<SubmissionRequest>(request)?.into();
        let accepted = self.submit.submit(&token, key, &input, edge::language(request)).await?;
        let receipt = accepted.application.receipt().ok_or(Refusal::NotFound)?;
        let now = self.submit.clock.now();
        edge::json(
            StatusCode::CREATED,
            &ReceiptView::new(receipt, &accepted.certificate, accepted.listing, None, now),
        )
    }
}
