//! Step 6, accepted (再発行申請の受付完了): the receipt.

use std::sync::Arc;

use lambda_http::{
    Body, Request, Response,
    http::{Method, StatusCode},
};
use shared::{
    edge::{self, ReceiptView},
    ports::Clock,
    refusal::Failure,
    store::Store,
    use_cases::open_case::OpenCase,
};

/// `GET /api/receipts/{receiptNumber}`.
pub struct ShowReceipt {
    /// The records.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl ShowReceipt {
    /// Carries out one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        edge::answer(&request, async {
            match *request.method() {
                Method::GET => self.show(&request).await,
                _ => Err(edge::method_not_allowed(&["GET"])),
            }
        })
        .await
    }

    async fn show(&self, request: &Request) -> Result<Response<Body>, Failure> {
        let token = edge::session_token(request)?;
        let case = OpenCase::open(&self.store, &token, self.clock.now()).await?;
        let (application, certificate) = case.receipt(&edge::path_parameter(request, "receiptNumber")?)?;
        edge::json(StatusCode::OK, &ReceiptView::new(application, certificate))
    }
}
