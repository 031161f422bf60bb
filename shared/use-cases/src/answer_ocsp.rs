//! Creates signed responses to OCSP requests, which relying parties send to check the status of certificates.
//!
//! Signatures are stored and reused, so the number of signatures depends on the number of certificates rather than the
//! number of requests. The status is read for each request, and a stored signature is valid only for the status that
//! was signed.

mod current_responder;

use std::sync::Arc;

pub use self::current_responder::CurrentResponder;
use crate::refusal::Failure;
use domain::{Timestamp, ocsp::NoncePolicy, revocation::CertificateStatus};
use pki::ocsp::{
    CertId, MalformedRequest, OcspRequest, PreparedResponse, REFRESH_AFTER, ResponderCertificate,
    SignedResponse, VALIDITY,
};
use ports::{Clock, Signer};
use store::{ResponseSignature, StatusRecords, Store, StoredSignature};
use telemetry::metrics;

pub struct AnswerOcsp {
    pub store: Store,
    /// The signer that uses the responder's private key. The responder does not use the CA's private key.
    pub signer: Arc<dyn Signer>,
    pub responder: CurrentResponder,
    pub nonces: NoncePolicy,
    pub clock: Arc<dyn Clock>,
}

/// A signed response about one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusResponse {
    pub response: SignedResponse,
    /// The time in seconds until the responder signs a new response, if the status does not change. `None` if
    /// the response contains a nonce.
    pub reusable_for: Option<i64>,
}

/// The reason why a request does not receive a signed response.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The request is malformed.
    #[error(transparent)]
    Malformed(#[from] MalformedRequest),
    /// The CA has no record of the certificate, or another CA issued it. A signed response with the status `unknown`
    /// would require a signature for every serial number that a client makes up. The unsigned response `unauthorized`
    /// is intended for responders that have no record of the certificate (RFC 9919 §3.2.3).
    #[error("the certificate was not issued by this CA")]
    NotIssued,
    /// The service or one of its dependencies failed. The responder never guesses the status of a certificate.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// A response that must be signed.
struct Question<'a> {
    responder: &'a ResponderCertificate,
    cert_id: &'a CertId,
    status: CertificateStatus,
}

impl AnswerOcsp {
    /// Returns the response to a DER-encoded request. Makes one store call. A new signature requires one more store
    /// call, which stores the signature or counts a response with a nonce.
    ///
    /// # Errors
    ///
    /// Returns [`Unanswered::Malformed`] if the request is malformed, and [`Unanswered::NotIssued`] if the CA has no
    /// record of the certificate. Returns [`Unanswered::Failed`] if the store or the signer fails, or if no responder
    /// certificate is valid for long enough.
    pub async fn answer(&self, request: &[u8]) -> Result<StatusResponse, Unanswered> {
        let request = OcspRequest::parse(request)?;
        let cert_id = request.cert_id(self.responder.authority()).ok_or(Unanswered::NotIssued)?;
        // The clock is read before the store, so that thisUpdate is never later than the status.
        let now = self.clock.now();
        let honoured = match self.nonces {
            NoncePolicy::Ignore => None,
            NoncePolicy::SignaturesPerMinute(limit) => request.nonce().map(|nonce| (nonce, limit.get())),
        };
        let nonces_at = honoured.map(|_| now);
        let records = self.store.status_records(cert_id.serial_number(), cert_id.form(), nonces_at).await;
        let records = records.map_err(Failure::from)?;
        let status = records.status.ok_or(Unanswered::NotIssued)?;
        let responder = self.responder.certificate_in(records.responder.as_ref())?;
        let question = Question { responder: &responder, cert_id: &cert_id, status };
        if let Some((nonce, limit)) = honoured
            && self.may_sign_nonce(&records, now, limit).await
        {
            let (response, _) = self.sign(&question, Some(nonce), now).await?;
            return Ok(StatusResponse { response, reusable_for: None });
        }
        Ok(self.reusable_response(&question, &records.signature, now).await?)
    }

    /// Counts a response with a nonce. The counter is stored in the database, because the instances of the function do
    /// not share memory. Once the limit for a minute has been reached, additional requests cause no writes. If the
    /// response cannot be counted, the nonce is ignored.
    async fn may_sign_nonce(&self, records: &StatusRecords, now: Timestamp, limit: u16) -> bool {
        if records.nonces >= u64::from(limit) {
            return false;
        }
        let claimed = self.store.claim_nonce_signature(now, limit).await;
        claimed.unwrap_or_else(|error| {
            Failure::from(error).log("the nonce was ignored");
            false
        })
    }

    /// Returns the response with the stored signature, or signs a new response and stores its signature.
    async fn reusable_response(
        &self,
        question: &Question<'_>,
        stored: &StoredSignature,
        now: Timestamp,
    ) -> Result<StatusResponse, Failure> {
        if let Some((response, reusable_for)) = question.with_stored_signature(stored, now) {
            return Ok(StatusResponse { response, reusable_for: Some(reusable_for) });
        }
        let (response, signature) = self.sign(question, None, now).await?;
        let cert_id = (question.cert_id.serial_number(), question.cert_id.form());
        let new = ResponseSignature { this_update: now, signature: data_encoding::BASE64.encode(&signature) };
        // A failure to store the signature is reported, but the response is valid because it is already signed.
        let expires_at = now.plus(VALIDITY);
        if let Err(error) = self.store.store_response_signature(cert_id, stored, &new, expires_at).await {
            Failure::from(error).log("the signature was not stored");
        }
        Ok(StatusResponse { reusable_for: Some(response.refresh_after()), response })
    }

    async fn sign(
        &self,
        question: &Question<'_>,
        nonce: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<(SignedResponse, Vec<u8>), Failure> {
        let prepared = question.prepare(nonce, now).map_err(Failure::internal)?;
        let signature = self.signer.sign_digest(prepared.digest().as_ref()).await?;
        metrics::OCSP_SIGNATURES.record(1, []);
        Ok((prepared.assemble(&signature).map_err(Failure::internal)?, signature))
    }
}

impl Question<'_> {
    fn prepare(
        &self,
        nonce: Option<&[u8]>,
        this_update: Timestamp,
    ) -> Result<PreparedResponse<'_>, pki::ocsp::ResponseError> {
        PreparedResponse::new(self.responder, self.cert_id, self.status, nonce, this_update)
    }

    /// Returns the response with the stored signature, and the time in seconds until its refresh. Returns `None` if the
    /// signature is too old, if the status or the responder has changed, or if the row is damaged.
    fn with_stored_signature(
        &self,
        stored: &StoredSignature,
        now: Timestamp,
    ) -> Option<(SignedResponse, i64)> {
        let stored = match stored {
            StoredSignature::Absent => return None,
            StoredSignature::Unreadable(row) => {
                tracing::error!(row, "a stored OCSP signature is unreadable and is replaced");
                return None;
            }
            StoredSignature::Present(stored) => stored,
        };
        let age = now.since(stored.this_update);
        if !(0..REFRESH_AFTER).contains(&age) {
            return None;
        }
        let signature = data_encoding::BASE64.decode(stored.signature.as_bytes()).ok()?;
        let response = self.prepare(None, stored.this_update).ok()?.assemble(&signature).ok()?;
        let reusable_for = response.refresh_after() - age;
        (reusable_for > 0).then_some((response, reusable_for))
    }
}
