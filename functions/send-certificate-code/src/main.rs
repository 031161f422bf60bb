//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_runtime::Error;
use send_certificate_code::SendCertificateCode;
use shared::{lambda, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), SendCertificateCode::handle).await
}

async fn wire() -> Result<SendCertificateCode, Error> {
    SendCertificateCode::new(&Deployment::from_env()?).await
}
