//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_runtime::Error;
use record_delivery::RecordDeliveryFunction;
use shared::{lambda, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), RecordDeliveryFunction::handle).await
}

async fn wire() -> Result<RecordDeliveryFunction, Error> {
    RecordDeliveryFunction::new(&Deployment::from_env()?).await
}
