//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_runtime::Error;
use shared::{lambda, wiring::Deployment};
use watch_service::WatchServiceFunction;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), WatchServiceFunction::handle).await
}

async fn wire() -> Result<WatchServiceFunction, Error> {
    WatchServiceFunction::new(&Deployment::from_env()?).await
}
