//! Step 1, identity check (利用者確認): starts, extends and ends sessions.

use lambda_http::{
    Body, Request, Response,
    http::{Method, StatusCode},
};
use shared::{
    domain::session::{ABSOLUTE_LIMIT, SessionEnd, Step},
    edge::{self, CredentialsRequest, RequestFailure, SessionStarted},
    use_cases::{
        identity_check::{CredentialsInput, IdentityCheck},
        session_context::extend_session,
    },
    wiring::{self, BackendError, FunctionBackend},
};

/// Handles `POST`, `PUT` and `DELETE /api/session`.
pub struct AuthenticateSubscriber {
    /// The use case for step 1. `PUT` and `DELETE` also use its store and clock.
    pub check: IdentityCheck,
}

impl AuthenticateSubscriber {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl FunctionBackend) -> Result<Self, BackendError> {
        Ok(Self { check: wiring::identity_check(backend).await? })
    }

    /// Handles one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        edge::answer(&request, async {
            match *request.method() {
                Method::POST => self.start(&request).await,
                Method::PUT => self.extend(&request).await,
                Method::DELETE => self.end(&request).await,
                _ => Err(edge::method_not_allowed(&["DELETE", "POST", "PUT"])),
            }
        })
        .await
    }

    async fn start(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let input: CredentialsInput = edge::read_json::<CredentialsRequest>(request)?.into();
        edge::record_email_address(request, input.email_address.as_deref());
        let previous = edge::session_token(request).ok();
        let (token, session) =
            self.check.authenticate(&input, edge::language(request), previous.as_ref()).await?;
        let mut response = edge::json(StatusCode::CREATED, &SessionStarted::new(&session, Step::Choose))?;
        edge::set_session_cookie(&mut response, &token.to_cookie_value(), ABSOLUTE_LIMIT)?;
        Ok(response)
    }

    async fn extend(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let token = edge::session_token(request)?;
        let session = extend_session(&self.check.store, &token, self.check.clock.now()).await?;
        edge::json(StatusCode::OK, &SessionStarted::new(&session, session.progress.next_step()))
    }

    async fn end(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        if let Ok(token) = edge::session_token(request) {
            self.check.store.end_session(&token, SessionEnd::SignedOut).await?;
        }
        let mut response = edge::no_content();
        edge::set_session_cookie(&mut response, "", 0)?;
        Ok(response)
    }
}
