//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_runtime::Error;
use meet_deadlines::MeetDeadlinesFunction;
use shared::{lambda, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), MeetDeadlinesFunction::handle).await
}

async fn wire() -> Result<MeetDeadlinesFunction, Error> {
    MeetDeadlinesFunction::new(&Deployment::from_env()?).await
}
