//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_http::Error;
use list_certificates::ListCertificates;
use shared::{lambda, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), ListCertificates::handle).await
}

async fn wire() -> Result<ListCertificates, Error> {
    ListCertificates::new(&Deployment::from_env()?).await
}
