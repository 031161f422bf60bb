//! Step 4, entering the application (申請情報の入力).

use std::sync::Arc;

use lambda_http::{
    Body, Request, Response,
    http::{Method, StatusCode},
};
use serde::Serialize;
use shared::{
    domain::session::Step,
    edge::{self, ApplicationPage, ApplicationRequest, FieldsView, RequestFailure, ShownSettings, names},
    ports::Clock,
    store::Store,
    use_cases::{save_application::save_application, session_context::SessionContext},
    wiring::{BackendError, FunctionBackend},
};

/// Handles `GET` and `PUT /api/application`.
pub struct SaveApplication {
    store: Store,
    clock: Arc<dyn Clock>,
    settings: ShownSettings,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ApplicationSaved<'a> {
    next_step: &'static str,
    version: u64,
    fields: FieldsView<'a>,
}

impl SaveApplication {
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
                Method::GET => self.show(&request).await,
                Method::PUT => self.save(&request).await,
                _ => Err(edge::method_not_allowed(&["GET", "PUT"])),
            }
        })
        .await
    }

    async fn show(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let token = edge::session_token(request)?;
        let now = self.clock.now();
        let context = SessionContext::open_before_submission(&self.store, &token, now).await?;
        let (certificate, application) = context.selected(now)?;
        let page =
            ApplicationPage::new(&context.session, Step::Enter, certificate, application, self.settings, now);
        edge::json(StatusCode::OK, &page)
    }

    async fn save(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let token = edge::session_token(request)?;
        let input = edge::read_json::<ApplicationRequest>(request)?.into();
        let saved = save_application(&self.store, &token, &input, self.clock.now()).await?;
        let answer = ApplicationSaved {
            next_step: names::step(Step::Confirm),
            version: saved.version,
            fields: FieldsView(saved.state.fields.as_fields()),
        };
        edge::json(StatusCode::OK, &answer)
    }
}
