//! Measures the age of pending outbox rows and published CRLs on a schedule.

use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    use_cases::watch_service::WatchService,
    wiring::{self, Backend, BackendError},
};

/// Handles scheduled events.
pub struct WatchServiceFunction {
    watch: WatchService,
}

impl WatchServiceFunction {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { watch: wiring::watch_service(backend).await? })
    }

    /// Records all metrics. The event content is ignored.
    ///
    /// # Errors
    ///
    /// Returns an error if an age could not be measured. All other metrics are still recorded.
    pub async fn handle(&self, _event: Value) -> Result<(), Error> {
        Ok(self.watch.watch().await?)
    }
}
