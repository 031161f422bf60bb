//! Wires the function to its deployment.

use std::process::ExitCode;

use answer_ocsp::AnswerOcspFunction;
use lambda_http::Error;
use shared::{lambda, use_cases::answer_ocsp::AnswerOcsp, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), AnswerOcspFunction::handle).await
}

async fn wire() -> Result<AnswerOcspFunction, Error> {
    let deployment = Deployment::from_env()?;
    let ((signer, public_key), authority) =
        tokio::try_join!(deployment.ocsp_signer(), deployment.authority())?;
    let answer =
        AnswerOcsp { store: deployment.store()?, signer, public_key, authority, clock: deployment.clock() };
    Ok(AnswerOcspFunction { answer })
}
