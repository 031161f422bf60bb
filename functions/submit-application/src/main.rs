//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_http::Error;
use shared::{lambda, wiring::Deployment};
use submit_application::SubmitApplicationFunction;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), SubmitApplicationFunction::handle).await
}

async fn wire() -> Result<SubmitApplicationFunction, Error> {
    SubmitApplicationFunction::new(&Deployment::from_env()?).await
}
