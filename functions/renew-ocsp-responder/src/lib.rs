//! Renews the OCSP responder's certificate on a schedule.

use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    use_cases::renew_ocsp_responder::RenewOcspResponder,
    wiring::{self, Backend, BackendError},
};

/// Handles scheduled events.
pub struct RenewOcspResponderFunction {
    renew: RenewOcspResponder,
}

impl RenewOcspResponderFunction {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { renew: wiring::renew_ocsp_responder(backend).await? })
    }

    /// Renews the certificate if renewal is due. The event content is ignored.
    ///
    /// # Errors
    ///
    /// Returns an error if renewal was due but failed.
    pub async fn handle(&self, _event: Value) -> Result<(), Error> {
        if let Some(certificate) = self.renew.renew_if_due().await? {
            let (serial_number, not_after) =
                (certificate.serial_number(), certificate.not_after().to_rfc3339());
            tracing::info!(%serial_number, not_after, "the OCSP responder has a new certificate");
        }
        Ok(())
    }
}
