//! Step 2, choosing the certificate (再発行する電子証明書の選択).

use std::sync::Arc;

use lambda_http::{
    Body, Request, Response,
    http::{Method, StatusCode},
};
use serde::Serialize;
use shared::{
    domain::{Timestamp, certificate::MINIMUM_DAYS_LEFT, session::Step},
    edge::{self, CertificateSummary, RequestFailure, SessionEnds, names},
    ports::Clock,
    store::Store,
    use_cases::session_context::SessionContext,
    wiring::{Backend, BackendError},
};

/// Handles `GET /api/certificates`.
pub struct ListCertificates {
    store: Store,
    clock: Arc<dyn Clock>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateList<'a> {
    session: SessionEnds,
    next_step: &'static str,
    minimum_days_left: i64,
    certificates: Vec<CertificateSummary<'a>>,
    not_reissuable: Vec<Refused<'a>>,
    receipts: Vec<ReceiptReference<'a>>,
}

#[derive(Serialize)]
struct Refused<'a> {
    certificate: CertificateSummary<'a>,
    reason: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptReference<'a> {
    receipt_number: &'a str,
    coupon_number: &'a str,
    accepted_at: String,
}

impl ListCertificates {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { store: backend.store().await?, clock: backend.clock() })
    }

    /// Handles one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        edge::answer(&request, async {
            match *request.method() {
                Method::GET => self.list(&request).await,
                _ => Err(edge::method_not_allowed(&["GET"])),
            }
        })
        .await
    }

    async fn list(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let token = edge::session_token(request)?;
        let now = self.clock.now();
        let context = SessionContext::open_before_submission(&self.store, &token, now).await?;
        edge::json(StatusCode::OK, &CertificateList::of(&context, now))
    }
}

impl<'a> CertificateList<'a> {
    fn of(context: &'a SessionContext, now: Timestamp) -> Self {
        let mut list = Self {
            session: (&context.session).into(),
            next_step: names::step(Step::Choose),
            minimum_days_left: MINIMUM_DAYS_LEFT,
            certificates: Vec::new(),
            not_reissuable: Vec::new(),
            receipts: Vec::new(),
        };
        for certificate in &context.records.certificates {
            match certificate.check_reissuable(now) {
                Ok(()) => list.certificates.push(certificate.into()),
                Err(reason) => list
                    .not_reissuable
                    .push(Refused { certificate: certificate.into(), reason: names::not_reissuable(reason) }),
            }
        }
        for receipt in context.receipts() {
            list.receipts.push(ReceiptReference {
                receipt_number: receipt.accepted.receipt_number.as_str(),
                coupon_number: receipt.coupon_number.as_str(),
                accepted_at: receipt.accepted.accepted_at.to_rfc3339(),
            });
        }
        list
    }
}
