//! On schedule, every five minutes: what is due for applications that nobody has picked up.

use lambda_runtime::Error;
use serde_json::Value;
use shared::use_cases::meet_deadlines::{DeadlinesMet, MeetDeadlines};

/// Takes the schedule's events.
pub struct MeetDeadlinesFunction {
    /// Meets the deadlines.
    pub meet: MeetDeadlines,
}

impl MeetDeadlinesFunction {
    /// Does everything that is due, whatever the event says.
    ///
    /// # Errors
    ///
    /// When something that is due was not done, so that an alarm can count it; the next event takes it up again.
    pub async fn handle(&self, _event: Value) -> Result<(), Error> {
        let DeadlinesMet { met, failed } = self.meet.meet_due().await?;
        if met > 0 {
            tracing::info!(met, "deadlines met");
        }
        if failed == 0 { Ok(()) } else { Err(format!("{failed} deadlines were not met").into()) }
    }
}
