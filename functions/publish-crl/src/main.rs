//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_runtime::Error;
use publish_crl::PublishCrlFunction;
use shared::{lambda, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), PublishCrlFunction::handle).await
}

async fn wire() -> Result<PublishCrlFunction, Error> {
    PublishCrlFunction::new(&Deployment::from_env()?).await
}
