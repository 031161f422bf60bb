//! The certificate of the OCSP responder, which is parsed and verified once.

use std::sync::{Arc, Mutex, PoisonError};

use crate::refusal::Failure;
use pki::{CertificationAuthority, PublicKey, ocsp::ResponderCertificate};
use store::ResponderRow;

/// The responder's key and CA, and the last certificate that was read.
pub struct CurrentResponder {
    authority: CertificationAuthority,
    public_key: PublicKey,
    last: Mutex<Option<(ResponderRow, Arc<ResponderCertificate>)>>,
}

impl CurrentResponder {
    /// Creates a responder for the certificates of `authority`. The responder's signer uses the private key of
    /// `public_key`.
    pub fn new(authority: CertificationAuthority, public_key: PublicKey) -> Self {
        Self { authority, public_key, last: Mutex::default() }
    }

    /// Returns the CA of the certificates whose status the responder reports.
    pub fn authority(&self) -> &CertificationAuthority {
        &self.authority
    }

    /// Returns the certificate in `row`. Parses and verifies the certificate only if it differs from that of the
    /// previous call.
    pub(super) fn certificate_in(
        &self,
        row: Option<&ResponderRow>,
    ) -> Result<Arc<ResponderCertificate>, Failure> {
        let row = row.ok_or_else(|| Failure::internal("the OCSP responder has no certificate yet"))?;
        // A panic cannot leave an incomplete value, because the value is replaced as a whole.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, certificate)) = &*last
            && known == row
        {
            return Ok(Arc::clone(certificate));
        }
        let certificate = ResponderCertificate::parse(row.certificate.as_bytes(), &self.authority)
            .map_err(Failure::internal)?;
        if *certificate.public_key() != self.public_key {
            return Err(Failure::internal("the OCSP responder's certificate contains another key"));
        }
        let certificate = Arc::new(certificate);
        *last = Some((row.clone(), Arc::clone(&certificate)));
        Ok(certificate)
    }
}
