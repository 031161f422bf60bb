//! Wires the function to its deployment.

use std::process::ExitCode;

use lambda_runtime::Error;
use meet_deadlines::MeetDeadlinesFunction;
use shared::{lambda, use_cases::meet_deadlines::MeetDeadlines, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), MeetDeadlinesFunction::handle).await
}

async fn wire() -> Result<MeetDeadlinesFunction, Error> {
    let deployment = Deployment::from_env()?;
    let meet = MeetDeadlines {
        store: deployment.store()?,
        statements: deployment.statement_signer().await?,
        clock: deployment.clock(),
        entropy: deployment.entropy(),
    };
    Ok(MeetDeadlinesFunction { meet })
}
