//! Step 6, accepted (再発行申請の受付完了): the receipt, and another certificate code for who needs one.

use lambda_http::{
    Body, Request, Response,
    http::{Method, StatusCode},
};
use shared::{
    domain::receipt::ReceiptNumber,
    edge::{self, ReceiptView},
    refusal::Failure,
    use_cases::{open_case::OpenCase, resend_code::ResendCode},
};

/// `GET /api/receipts/{receiptNumber}` and `POST /api/receipts/{receiptNumber}/resend`.
pub struct ShowReceipt {
    /// Has codes sent again, with the records and the clock that the receipt is shown by, too.
    pub resend: ResendCode,
}

impl ShowReceipt {
    /// Carries out one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        edge::answer(&request, async {
            let resends = edge::resource_path(&request).ends_with("/resend");
            match *request.method() {
                Method::GET if !resends => self.show(&request).await,
                Method::POST if resends => self.resend(&request).await,
                _ if resends => Err(edge::method_not_allowed(&["POST"])),
                _ => Err(edge::method_not_allowed(&["GET"])),
            }
        })
        .await
    }

    async fn show(&self, request: &Request) -> Result<Response<Body>, Failure> {
        let token = edge::session_token(request)?;
        let case = OpenCase::open(&self.resend.store, &token, self.resend.clock.now()).await?;
        self.answer(StatusCode::OK, &case, &edge::path_parameter(request, "receiptNumber")?).await
    }

    async fn resend(&self, request: &Request) -> Result<Response<Body>, Failure> {
        let token = edge::session_token(request)?;
        let number = edge::path_parameter(request, "receiptNumber")?;
        let case = self.resend.resend(&token, &number).await?;
        self.answer(StatusCode::ACCEPTED, &case, &number).await
    }

    async fn answer(
        &self,
        status: StatusCode,
        case: &OpenCase,
        number: &ReceiptNumber,
    ) -> Result<Response<Body>, Failure> {
        let (receipt, certificate) = case.receipt(number)?;
        let listing = self.resend.store.listing_of(certificate).await?;
        edge::json(status, &ReceiptView::new(receipt, certificate, listing, self.resend.clock.now()))
    }
}
