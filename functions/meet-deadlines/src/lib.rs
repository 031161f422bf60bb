//! Processes the deadlines of applications on a schedule.

use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    use_cases::meet_deadlines::{DeadlinesMet, MeetDeadlines},
    wiring::{self, Backend, BackendError},
};

/// Handles the schedule's events.
pub struct MeetDeadlinesFunction {
    /// The use case that processes the deadlines.
    meet: MeetDeadlines,
}

impl MeetDeadlinesFunction {
    /// Creates the function from the components in `backend`.
    ///
    /// # Errors
    ///
    /// Fails if a component that the function needs is not available.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { meet: wiring::meet_deadlines(backend).await? })
    }

    /// Processes all due deadlines. The content of the event is ignored.
    ///
    /// # Errors
    ///
    /// Fails if a due deadline was not processed. An alarm counts this error, and the next event retries the deadline.
    pub async fn handle(&self, _event: Value) -> Result<(), Error> {
        let DeadlinesMet { met, failed } = self.meet.meet_due().await?;
        if met > 0 {
            tracing::info!(met, "deadlines met");
        }
        if failed == 0 { Ok(()) } else { Err(format!("{failed} deadlines were not met").into()) }
    }
}
