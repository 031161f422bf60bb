//! Step 5, checking the application (申請内容の確認).

use std::sync::Arc;

use lambda_http::{
    Body, Request, Response,
    http::{Method, StatusCode},
};
use shared::{
    domain::{application::AnyApplication, session::Step},
    edge::{self, ApplicationPage, RequestFailure, ShownSettings},
    ports::Clock,
    refusal::Refusal,
    store::Store,
    use_cases::session_context::SessionContext,
    wiring::{BackendError, FunctionBackend},
};

/// Handles `GET /api/application/review`.
pub struct ReviewApplication {
    store: Store,
    clock: Arc<dyn Clock>,
    settings: ShownSettings,
}

impl ReviewApplication {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl FunctionBackend) -> Result<Self, BackendError> {
        let settings = ShownSettings { timing: backend.timing()?, hold: backend.address_change_hold()? };
        Ok(Self { store: backend.store().await?, clock: backend.clock(), settings })
    }

    /// Handles one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        edge::answer(&request, async {
            match *request.method() {
                Method::GET => self.review(&request).await,
                _ => Err(edge::method_not_allowed(&["GET"])),
            }
        })
        .await
    }

    async fn review(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let token = edge::session_token(request)?;
        let now = self.clock.now();
        let context = SessionContext::open_before_submission(&self.store, &token, now).await?;
        let (certificate, application) = context.selected(now)?;
        if matches!(application, AnyApplication::Draft(_)) {
            return Err(Refusal::StepOutOfOrder(Step::Enter).into());
        }
        let page = ApplicationPage::new(
            &context.session,
            Step::Confirm,
            certificate,
            application,
            self.settings,
            now,
        );
        edge::json(StatusCode::OK, &page)
    }
}
