//! Wires the function to its deployment.

use std::process::ExitCode;

use lambda_http::Error;
use shared::{lambda, use_cases::submit_application::SubmitApplication, wiring::Deployment};
use submit_application::SubmitApplicationFunction;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), SubmitApplicationFunction::handle).await
}

async fn wire() -> Result<SubmitApplicationFunction, Error> {
    let deployment = Deployment::from_env()?;
    let submit = SubmitApplication {
        store: deployment.store()?,
        statements: deployment.statement_signer().await?,
        clock: deployment.clock(),
        entropy: deployment.entropy(),
        timing: deployment.timing()?,
    };
    Ok(SubmitApplicationFunction { submit })
}
