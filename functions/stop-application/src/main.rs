//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_http::Error;
use shared::{
    edge::Entrance,
    lambda,
    wiring::{self, Deployment},
};
use stop_application::StopApplicationFunction;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), StopApplicationFunction::handle).await
}

async fn wire() -> Result<(Entrance, StopApplicationFunction), Error> {
    let deployment = Deployment::from_env()?;
    tokio::try_join!(wiring::entrance(&deployment), StopApplicationFunction::new(&deployment))
}
