//! Step 3, checking the certificate (電子証明書内容の確認): shows a certificate, and selects it after the subscriber has
//! acknowledged the warning.

use std::sync::Arc;

use lambda_http::{
    Body, Request, Response,
    http::{Method, StatusCode},
};
use serde::{Deserialize, Serialize};
use shared::{
    domain::{revocation::RevocationTiming, session::Step},
    edge::{self, CertificateSummary, RequestFailure, RevocationRule, SessionEnds, SessionStarted, names},
    ports::Clock,
    store::Store,
    use_cases::{select_certificate::select_certificate, session_context::SessionContext},
    wiring::{BackendError, FunctionBackend},
};

/// Handles `GET /api/certificates/{couponNumber}` and `POST /api/certificates/{couponNumber}/selection`.
pub struct ShowCertificate {
    store: Store,
    clock: Arc<dyn Clock>,
    timing: RevocationTiming,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificatePage<'a> {
    session: SessionEnds,
    next_step: &'static str,
    certificate: CertificateSummary<'a>,
    common_name: &'a str,
    email_address: &'a str,
    serial_number: String,
    revocation: RevocationRule,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Selection {
    acknowledged: bool,
}

impl ShowCertificate {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl FunctionBackend) -> Result<Self, BackendError> {
        Ok(Self { store: backend.store().await?, clock: backend.clock(), timing: backend.timing()? })
    }

    /// Handles one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        edge::answer(&request, async {
            let selects = edge::resource_path(&request).ends_with("/selection");
            match *request.method() {
                Method::GET if !selects => self.show(&request).await,
                Method::POST if selects => self.select(&request).await,
                _ if selects => Err(edge::method_not_allowed(&["POST"])),
                _ => Err(edge::method_not_allowed(&["GET"])),
            }
        })
        .await
    }

    async fn show(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let token = edge::session_token(request)?;
        let now = self.clock.now();
        let context = SessionContext::open_before_submission(&self.store, &token, now).await?;
        let certificate =
            context.reissuable_certificate(&edge::path_parameter(request, "couponNumber")?, now)?;
        let page = CertificatePage {
            session: (&context.session).into(),
            next_step: names::step(Step::Check),
            certificate: certificate.into(),
            common_name: certificate.common_name.as_str(),
            email_address: certificate.email_address().as_str(),
            serial_number: certificate.serial_number.to_colon_hex(),
            revocation: RevocationRule::new(self.timing, now),
        };
        edge::json(StatusCode::OK, &page)
    }

    async fn select(&self, request: &Request) -> Result<Response<Body>, RequestFailure> {
        let token = edge::session_token(request)?;
        let coupon_number = edge::path_parameter(request, "couponNumber")?;
        let Selection { acknowledged } = edge::read_json(request)?;
        let now = self.clock.now();
        let session = select_certificate(&self.store, &token, &coupon_number, acknowledged, now).await?;
        edge::json(StatusCode::OK, &SessionStarted::new(&session, Step::Enter))
    }
}
