//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_runtime::Error;
use renew_ocsp_responder::RenewOcspResponderFunction;
use shared::{lambda, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), RenewOcspResponderFunction::handle).await
}

async fn wire() -> Result<RenewOcspResponderFunction, Error> {
    RenewOcspResponderFunction::new(&Deployment::from_env()?).await
}
