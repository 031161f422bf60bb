//! The AWS Lambda entry point.

use std::process::ExitCode;

use answer_ocsp::AnswerOcspFunction;
use lambda_http::Error;
use shared::{lambda, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), AnswerOcspFunction::handle).await
}

async fn wire() -> Result<AnswerOcspFunction, Error> {
    AnswerOcspFunction::new(&Deployment::from_env()?).await
}
