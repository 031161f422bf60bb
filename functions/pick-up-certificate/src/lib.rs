//! Pick-up (証明書取得): checks the new certificate code and the application password, and issues a certificate for the
//! subscriber's key.

use lambda_http::{
    Body, Request, Response,
    http::{Method, StatusCode},
};
use shared::{
    edge::{self, IssuanceRequest, IssuedView, PickUpRequest, PickUpView, RequestFailure},
    use_cases::pick_up::{IssuanceInput, PickUp, PickUpInput},
    wiring::{self, BackendError, FunctionBackend},
};

/// Handles `POST /api/pickup` and `POST /api/pickup/certificate`.
pub struct PickUpCertificate {
    pick_up: PickUp,
}

impl PickUpCertificate {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl FunctionBackend) -> Result<Self, BackendError> {
        Ok(Self { pick_up: wiring::pick_up(backend).await? })
    }

    /// Handles one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        edge::answer(&request, async {
            let issues = edge::resource_path(&request).ends_with("/certificate");
            match *request.method() {
                Method::POST if issues => self.issue(&request).await,
                Method::POST => self.check(&request).await,
                _ => Err(edge::method_not_allowed(&["POST"])),
            }
        })
        .await
    }

    async fn check(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let input: PickUpInput = edge::read_json::<PickUpRequest>(request)?.into();
        edge::record_certificate_code(request, input.certificate_code.as_deref());
        let opened = self.pick_up.open(&input).await?;
        edge::json(StatusCode::OK, &PickUpView::new(&opened)?)
    }

    async fn issue(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let input: IssuanceInput = edge::read_json::<IssuanceRequest>(request)?.into();
        edge::record_certificate_code(request, input.certificate_code.as_deref());
        let issued = self.pick_up.issue(&input).await?;
        edge::json(StatusCode::CREATED, &IssuedView::new(&issued))
    }
}
