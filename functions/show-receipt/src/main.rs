//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_http::Error;
use shared::{lambda, wiring::Deployment};
use show_receipt::ShowReceipt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), ShowReceipt::handle).await
}

async fn wire() -> Result<ShowReceipt, Error> {
    ShowReceipt::new(&Deployment::from_env()?).await
}
