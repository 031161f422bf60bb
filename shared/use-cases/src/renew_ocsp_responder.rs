//! Renews the OCSP responder's certificate long before it expires. OCSP uses the CA's key only for this renewal.

use std::sync::Arc;

use crate::refusal::Failure;
use domain::numbers::SerialNumber;
use pki::{
    CertificationAuthority, PublicKey,
    ocsp::{PreparedResponderCertificate, ResponderCertificate},
};
use ports::{Clock, Entropy, Signer};
use store::{ResponderRow, Store, StoreError};
use telemetry::{Place, unreadable};

pub struct RenewOcspResponder {
    pub store: Store,
    /// The signer that uses the CA's private key.
    pub signer: Arc<dyn Signer>,
    pub authority: CertificationAuthority,
    pub responder_key: PublicKey,
    pub clock: Arc<dyn Clock>,
    /// The source of randomness for serial numbers.
    pub entropy: Arc<dyn Entropy>,
}

impl RenewOcspResponder {
    /// Issues a new certificate if no certificate exists for this CA and this key, or if half of the certificate's
    /// validity has passed. Returns `None` if no renewal is due, or if another process has just renewed the
    /// certificate. The serial number and the TBSCertificate are recorded before the CA signs the certificate.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the store fails, and [`Failure::Port`] if the signer or the source of randomness
    /// fails. After an error, the current certificate remains in use.
    pub async fn renew_if_due(&self) -> Result<Option<ResponderCertificate>, Failure> {
        let previous = match self.store.ocsp_responder().await {
            Err(StoreError::Unreadable(key)) => {
                unreadable(Place::Row, &key);
                return self.replace_unreadable().await;
            }
            previous => previous?,
        };
        if previous.as_ref().is_some_and(|row| self.is_good_for_now(row)) {
            return Ok(None);
        }
        let certificate = self.issue().await?;
        let new = ResponderRow { certificate: certificate.pem() };
        match self.store.replace_ocsp_responder(previous.as_ref(), &new).await {
            Ok(()) => Ok(Some(certificate)),
            Err(StoreError::Conflict(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn replace_unreadable(&self) -> Result<Option<ResponderCertificate>, Failure> {
        let certificate = self.issue().await?;
        let new = ResponderRow { certificate: certificate.pem() };
        self.store.replace_unreadable_ocsp_responder(&new).await?;
        Ok(Some(certificate))
    }

    fn is_good_for_now(&self, row: &ResponderRow) -> bool {
        ResponderCertificate::parse(row.certificate.as_bytes(), &self.authority).is_ok_and(|certificate| {
            *certificate.public_key() == self.responder_key
                && !certificate.is_due_for_renewal(self.clock.now())
        })
    }

    async fn issue(&self) -> Result<ResponderCertificate, Failure> {
        let mut random = [0; 16];
        self.entropy.fill(&mut random)?;
        let (serial_number, now) = (SerialNumber::from_random(random), self.clock.now());
        let prepared =
            PreparedResponderCertificate::new(&self.authority, &self.responder_key, &serial_number, now)
                .map_err(Failure::internal)?;
        self.store.record_responder_issuance(&serial_number, prepared.to_be_signed(), now).await?;
        let signature = self.signer.sign_digest(prepared.digest().as_ref()).await?;
        prepared.assemble(&signature).map_err(Failure::internal)
    }
}
