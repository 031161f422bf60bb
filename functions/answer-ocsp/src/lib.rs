//! Answers OCSP requests from relying parties (RFC 6960, RFC 9919).

use lambda_http::{Body, Request, Response, http::Method};
use shared::{
    edge,
    use_cases::answer_ocsp::AnswerOcsp,
    wiring::{self, BackendError, FunctionBackend},
};

/// Handles `POST /ocsp` and `GET /ocsp/{request+}`.
pub struct AnswerOcspFunction {
    answer: AnswerOcsp,
}

impl AnswerOcspFunction {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl FunctionBackend) -> Result<Self, BackendError> {
        Ok(Self { answer: wiring::answer_ocsp(backend).await? })
    }

    /// Handles one request.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        let in_path = edge::resource_path(&request) != "/ocsp";
        match *request.method() {
            Method::GET if in_path => self.respond(&request).await,
            Method::POST if !in_path => self.respond(&request).await,
            _ => {
                let allowed = if in_path { &["GET"] } else { &["POST"] };
                edge::answer(&request, async { Err(edge::method_not_allowed(allowed)) }).await
            }
        }
    }

    async fn respond(&self, request: &Request) -> Response<Body> {
        let answer = async {
            let der = edge::ocsp_request(request)?;
            self.answer.answer(&der).await
        };
        edge::ocsp_response(request, answer.await)
    }
}
