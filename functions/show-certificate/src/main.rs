//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_http::Error;
use shared::{lambda, wiring::Deployment};
use show_certificate::ShowCertificate;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), ShowCertificate::handle).await
}

async fn wire() -> Result<ShowCertificate, Error> {
    ShowCertificate::new(&Deployment::from_env()?).await
}
