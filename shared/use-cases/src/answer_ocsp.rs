//! A relying party asks for the status of certificates and gets a signed answer, made for this very request.

use std::{collections::BTreeSet, sync::Arc};

use crate::refusal::Failure;
use domain::revocation::CertificateStatus;
use pki::{
    CertificationAuthority, PublicKey,
    ocsp::{MalformedRequest, OcspRequest, PreparedResponse, ResponderCertificate, SignedResponse},
};
use ports::{Clock, Signer};
use store::{ResponderRow, Store};

/// Answers OCSP requests.
pub struct AnswerOcsp {
    /// The records.
    pub store: Store,
    /// Holds the responder's private key. The CA's is not here.
    pub signer: Arc<dyn Signer>,
    /// The responder's key.
    pub public_key: PublicKey,
    /// The CA whose certificates are asked for.
    pub authority: CertificationAuthority,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why a request gets no signed answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// It is not one that can be answered.
    #[error(transparent)]
    Malformed(#[from] MalformedRequest),
    /// Something here or outside did not work. What cannot be known for certain is never answered.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl AnswerOcsp {
    /// The answer to a request in DER: one read of the records and one signature.
    ///
    /// # Errors
    ///
    /// A malformed request; a failure of the records or of the signer, or no responder certificate that is valid for
    /// long enough.
    pub async fn answer(&self, request: &[u8]) -> Result<SignedResponse, Unanswered> {
        let request = OcspRequest::parse(request)?;
        Ok(self.answer_parsed(&request).await?)
    }

    async fn answer_parsed(&self, request: &OcspRequest) -> Result<SignedResponse, Failure> {
        // Read before the records: what was revoked since then may not be in the answer.
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
            .map_err(|error| Failure::internal(&error))?;
        let signature = self.signer.sign_digest(prepared.digest().as_ref()).await?;
        prepared.assemble(&signature).map_err(|error| Failure::internal(&error))
    }

    fn responder(&self, row: Option<&ResponderRow>) -> Result<ResponderCertificate, Failure> {
        let row =
            row.ok_or_else(|| Failure::Internal("the OCSP responder has no certificate yet".to_owned()))?;
        let responder = ResponderCertificate::parse(row.certificate.as_bytes(), &self.authority)
            .map_err(|error| Failure::internal(&error))?;
        if *responder.public_key() == self.public_key {
            Ok(responder)
        } else {
            Err(Failure::Internal("the OCSP responder's certificate is for another key".to_owned()))
        }
    }
}
