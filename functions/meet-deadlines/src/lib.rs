//! Processes the deadlines of applications that have not been picked up, on a schedule.

use lambda_runtime::Error;
use serde_json::Value;
use shared::{
    use_cases::meet_deadlines::{DeadlinesMet, MeetDeadlines},
    wiring::{self, Backend, BackendError},
};

/// Handles the events of the schedule.
pub struct MeetDeadlinesFunction {
    /// Processes the deadlines.
    meet: MeetDeadlines,
}

impl MeetDeadlinesFunction {
    /// Creates the function from the parts of `backend`.
    ///
    /// # Errors
    ///
    /// When a part that the function needs is not available.
    pub async fn new(backend: &impl Backend) -> Result<Self, BackendError> {
        Ok(Self { meet: wiring::meet_deadlines(backend).await? })
    }

    /// Processes all deadlines that are due, regardless of the event.
    ///
    /// # Errors
    ///
    /// When a deadline that is due was not processed, so that an alarm can count it. The next event retries it.
    pub async fn handle(&self, _event: Value) -> Result<(), Error> {
        let DeadlinesMet { met, failed } = self.meet.meet_due().await?;
        if met > 0 {
            tracing::info!(met, "deadlines met");
        }
        if failed == 0 { Ok(()) } else { Err(format!("{failed} deadlines were not met").into()) }
    }
}
