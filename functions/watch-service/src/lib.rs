//! On schedule, every five minutes: how long effects have been waiting, and how old the published CRLs are.

use lambda_runtime::Error;
use serde_json::Value;
use shared::use_cases::watch_service::WatchService;

/// Takes the schedule's events.
pub struct WatchServiceFunction {
    /// Watches.
    pub watch: WatchService,
}

impl WatchServiceFunction {
    /// Looks at everything, whatever the event says.
    ///
    /// # Errors
    ///
    /// When something could not be looked at; the metrics of the rest are there.
    pub async fn handle(&self, _event: Value) -> Result<(), Error> {
        Ok(self.watch.watch().await?)
    }
}
