//! The AWS Lambda entry point.

use std::process::ExitCode;

use authenticate_subscriber::AuthenticateSubscriber;
use lambda_http::Error;
use shared::{lambda, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), AuthenticateSubscriber::handle).await
}

async fn wire() -> Result<AuthenticateSubscriber, Error> {
    AuthenticateSubscriber::new(&Deployment::from_env()?).await
}
