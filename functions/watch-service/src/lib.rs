//! Measures the age of waiting effects and of the published CRLs, every five minutes.

use lambda_runtime::Error;
use serde_json::Value;
use shared::use_cases::watch_service::WatchService;

/// Handles the events of the schedule.
pub struct WatchServiceFunction {
    /// Measures the ages.
    pub watch: WatchService,
}

impl WatchServiceFunction {
    /// Records all metrics, regardless of the event.
    ///
    /// # Errors
    ///
    /// When an age could not be measured; the other metrics are recorded.
    pub async fn handle(&self, _event: Value) -> Result<(), Error> {
        Ok(self.watch.watch().await?)
    }
}
