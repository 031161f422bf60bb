//! Creates signed responses to OCSP requests, with which relying parties check the status of certificates.

use std::{collections::BTreeSet, sync::Arc};

use crate::refusal::Failure;
use domain::revocation::CertificateStatus;
use pki::{
    CertificationAuthority, PublicKey,
    ocsp::{MalformedRequest, OcspRequest, PreparedResponse, ResponderCertificate, SignedResponse},
};
use ports::{Clock, Signer};
use store::{ResponderRow, Store};

pub struct AnswerOcsp {
    pub store: Store,
    /// The signer that uses the responder's private key. The responder does not use the CA's private key.
    pub signer: Arc<dyn Signer>,
    pub public_key: PublicKey,
    /// The CA for whose certificates the responder reports the status.
    pub authority: CertificationAuthority,
    pub clock: Arc<dyn Clock>,
}

/// The reason why a request does not receive a signed response.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The request is malformed.
    #[error(transparent)]
    Malformed(#[from] MalformedRequest),
    /// The service or one of its dependencies failed. The responder never reports an uncertain status.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl AnswerOcsp {
    /// Returns the DER-encoded response to a DER-encoded request. Makes one store call and creates one signature.
    ///
    /// # Errors
    ///
    /// Returns [`Unanswered::Malformed`] if the request is malformed. Returns [`Unanswered::Failed`] if the store or
    /// the signer fails, or if no responder certificate is valid for long enough.
    pub async fn answer(&self, request: &[u8]) -> Result<SignedResponse, Unanswered> {
        let request = OcspRequest::parse(request)?;
        Ok(self.answer_parsed(&request).await?)
    }

    async fn answer_parsed(&self, request: &OcspRequest) -> Result<SignedResponse, Failure> {
        // The clock is read before the store, so that thisUpdate is never later than the status.
        let this_update = self.clock.now();
        let asked: Vec<_> = request
            .cert_ids()
            .iter()
            .map(|cert_id| (cert_id, cert_id.serial_number_at(&self.authority)))
            .collect();
        let serial_numbers: BTreeSet<_> =
            asked.iter().filter_map(|(_, serial_number)| serial_number.clone()).collect();
        let records = self.store.status_records(&serial_numbers).await?;
        let responder = self.responder(records.responder.as_ref())?;
        let statuses = asked.iter().map(|(cert_id, serial_number)| {
            let status = serial_number.as_ref().map(|serial_number| records.status(serial_number));
            (*cert_id, status.unwrap_or(CertificateStatus::Unknown))
        });
        let prepared = PreparedResponse::new(&responder, statuses, request.nonce(), this_update)
            .map_err(Failure::internal)?;
        let signature = self.signer.sign_digest(prepared.digest().as_ref()).await?;
        prepared.assemble(&signature).map_err(Failure::internal)
    }

    fn responder(&self, row: Option<&ResponderRow>) -> Result<ResponderCertificate, Failure> {
        let row = row.ok_or_else(|| Failure::internal("the OCSP responder has no certificate yet"))?;
        let responder = ResponderCertificate::parse(row.certificate.as_bytes(), &self.authority)
            .map_err(Failure::internal)?;
        if *responder.public_key() == self.public_key {
            Ok(responder)
        } else {
            Err(Failure::internal("the OCSP responder's certificate contains another key"))
        }
    }
}
