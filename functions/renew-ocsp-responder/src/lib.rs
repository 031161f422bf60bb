//! Renews the OCSP responder's certificate on a schedule.

use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    use_cases::renew_ocsp_responder::RenewOcspResponder,
    wiring::{self, Backend, BackendError},
};

/// Handles the schedule's events.
pub struct RenewOcspResponderFunction {
    /// The use case that renews the certificate.
    renew: RenewOcspResponder,
}

impl RenewOcspResponderFunction {
    /// Creates the function from the components in `backend`.
    ///
    /// # Errors
    ///
    /// Fails if a component that the function needs is not available.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { renew: wiring::renew_ocsp_responder(backend).await? })
    }

    /// Renews the certificate if its renewal is due. The content of the event is ignored.
    ///
    /// # Errors
    ///
    /// Fails if the renewal was due and the certificate was not renewed.
    pub async fn handle(&self, _event: Value) -> Result<(), Error> {
        if let Some(certificate) = self.renew.renew_if_due().await? {
            let (serial_number, not_after) =
                (certificate.serial_number(), certificate.not_after().to_rfc3339());
            tracing::info!(%serial_number, not_after, "the OCSP responder has a new certificate");
        }
        Ok(())
    }
}
