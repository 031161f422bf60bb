//! The AWS Lambda entry point.

use std::process::ExitCode;

use answer_ocsp::AnswerOcspFunction;
use lambda_http::Error;
use shared::{
    edge::Entrance,
    lambda,
    wiring::{self, Deployment},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), AnswerOcspFunction::handle).await
}

async fn wire() -> Result<(Entrance, AnswerOcspFunction), Error> {
    let deployment = Deployment::from_env()?;
    tokio::try_join!(wiring::entrance(&deployment), AnswerOcspFunction::new(&deployment))
}
