//! Wires the function to its deployment.

use std::process::ExitCode;

use lambda_runtime::Error;
use record_delivery::RecordDeliveryFunction;
use shared::{lambda, use_cases::record_delivery::RecordDelivery, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), RecordDeliveryFunction::handle).await
}

async fn wire() -> Result<RecordDeliveryFunction, Error> {
    Ok(RecordDeliveryFunction { record: RecordDelivery { store: Deployment::from_env()?.store()? } })
}
