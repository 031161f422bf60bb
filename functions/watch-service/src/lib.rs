//! Measures the age of pending effects and of the published CRLs on a schedule.

use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    use_cases::watch_service::WatchService,
    wiring::{self, Backend, BackendError},
};

/// Handles the schedule's events.
pub struct WatchServiceFunction {
    /// The use case that measures the ages.
    watch: WatchService,
}

impl WatchServiceFunction {
    /// Creates the function from the components in `backend`.
    ///
    /// # Errors
    ///
    /// Fails if a component that the function needs is not available.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { watch: wiring::watch_service(backend).await? })
    }

    /// Records all metrics. The content of the event is ignored.
    ///
    /// # Errors
    ///
    /// Fails if an age could not be measured. The other metrics are still recorded.
    pub async fn handle(&self, _event: Value) -> Result<(), Error> {
        Ok(self.watch.watch().await?)
    }
}
