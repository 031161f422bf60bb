//! Measures the age of waiting effects and of the published CRLs, on a schedule.

use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    use_cases::watch_service::WatchService,
    wiring::{self, Backend, BackendError},
};

/// Handles the events of the schedule.
pub struct WatchServiceFunction {
    /// Measures the ages.
    watch: WatchService,
}

impl WatchServiceFunction {
    /// Creates the function from the parts of `backend`.
    ///
    /// # Errors
    ///
    /// When a part that the function needs is not available.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { watch: wiring::watch_service(backend).await? })
    }

    /// Records all metrics, regardless of the event.
    ///
    /// # Errors
    ///
    /// When an age could not be measured; the other metrics are recorded.
    pub async fn handle(&self, _event: Value) -> Result<(), Error> {
        Ok(self.watch.watch().await?)
    }
}
