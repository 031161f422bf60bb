//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_http::Error;
use review_application::ReviewApplication;
use shared::{lambda, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), ReviewApplication::handle).await
}

async fn wire() -> Result<ReviewApplication, Error> {
    ReviewApplication::new(&Deployment::from_env()?).await
}
