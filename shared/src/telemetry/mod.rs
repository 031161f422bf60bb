//! What operators see of the service: its log, and the metrics that CloudWatch makes of it.
//!
//! Everything happens within an [`invocation`]: each line of the log names it, and its metrics leave together at its
//! end. Whatever runs outside one (the operators' tool) logs as it likes, and what it records is dropped.

mod invocation;
pub mod log;
pub mod metrics;

pub use self::invocation::{Answered, Outcome, concerns, failed, invocation, part};
