//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_http::Error;
use save_application::SaveApplication;
use shared::{lambda, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), SaveApplication::handle).await
}

async fn wire() -> Result<SaveApplication, Error> {
    SaveApplication::new(&Deployment::from_env()?).await
}
