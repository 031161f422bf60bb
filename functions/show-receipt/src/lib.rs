//! Step 6, accepted (再発行申請の受付完了): shows the receipt, resends a certificate code and corrects a mistyped address.

use lambda_http::{
    Body, Request, Response,
    http::{Method, StatusCode},
};
use shared::{
    domain::receipt::ReceiptNumber,
    edge::{self, AddressRequest, ReceiptView, RequestFailure},
    use_cases::{correct_address::CorrectAddress, resend_code::ResendCode, session_context::SessionContext},
    wiring::{self, BackendError, FunctionBackend},
};

/// Handles `GET /api/receipts/{receiptNumber}` and, below this path, `POST …/resend` and `PUT …/email`.
pub struct ShowReceipt {
    /// The use case for resends. The other handlers also use its store and clock.
    resend: ResendCode,
    correct: CorrectAddress,
}

impl ShowReceipt {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl FunctionBackend) -> Result<Self, BackendError> {
        Ok(Self {
            resend: wiring::resend_code(backend).await?,
            correct: wiring::correct_address(backend).await?,
        })
    }

    /// Handles one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        edge::answer(&request, async {
            let method = request.method();
            match edge::resource_path(&request).rsplit('/').next() {
                Some("resend") if method == Method::POST => self.resend(&request).await,
                Some("resend") => Err(edge::method_not_allowed(&["POST"])),
                Some("email") if method == Method::PUT => self.correct(&request).await,
                Some("email") => Err(edge::method_not_allowed(&["PUT"])),
                _ if method == Method::GET => self.show(&request).await,
                _ => Err(edge::method_not_allowed(&["GET"])),
            }
        })
        .await
    }

    async fn show(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let token = edge::session_token(request)?;
        let context = SessionContext::open(&self.resend.store, &token, self.resend.clock.now()).await?;
        self.answer(StatusCode::OK, &context, &edge::path_parameter(request, "receiptNumber")?).await
    }

    async fn resend(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let token = edge::session_token(request)?;
        let number = edge::path_parameter(request, "receiptNumber")?;
        let context = self.resend.resend(&token, &number).await?;
        self.answer(StatusCode::ACCEPTED, &context, &number).await
    }

    async fn correct(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let token = edge::session_token(request)?;
        let number = edge::path_parameter(request, "receiptNumber")?;
        let input = edge::read_json::<AddressRequest>(request)?.into();
        let context = self.correct.correct(&token, &number, &input).await?;
        self.answer(StatusCode::ACCEPTED, &context, &number).await
    }

    async fn answer(
        &self,
        status: StatusCode,
        context: &SessionContext,
        number: &ReceiptNumber,
    ) -> Result<Response<Body>, RequestFailure> {
        let (receipt, certificate) = context.receipt(number)?;
        let listing = self.resend.store.listing_of(certificate).await?;
        let now = self.resend.clock.now();
        edge::json(status, &ReceiptView::new(receipt, certificate, listing, Some(&context.session), now))
    }
}
