//! Processes application deadlines on a schedule.

use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    use_cases::meet_deadlines::{DeadlinesMet, MeetDeadlines},
    wiring::{self, Backend, BackendError},
};

/// Handles scheduled events.
pub struct MeetDeadlinesFunction {
    meet: MeetDeadlines,
}

impl MeetDeadlinesFunction {
    /// Creates the function with the components that `backend` provides.
    ///
    /// # Errors
    ///
    /// Returns an error if `backend` cannot provide a component.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { meet: wiring::meet_deadlines(backend).await? })
    }

    /// Processes all due deadlines. The event content is ignored.
    ///
    /// # Errors
    ///
    /// Returns an error if a due deadline was not processed. Each error counts towards an alarm, and the next event
    /// retries the deadline.
    pub async fn handle(&self, _event: Value) -> Result<(), Error> {
        let DeadlinesMet { met, failed } = self.meet.meet_due().await?;
        if met > 0 {
            tracing::info!(met, "deadlines processed");
        }
        if failed == 0 { Ok(()) } else { Err(format!("{failed} deadlines could not be processed").into()) }
    }
}
