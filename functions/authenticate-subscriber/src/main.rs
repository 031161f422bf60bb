//! The AWS Lambda entry point.

use std::process::ExitCode;

use authenticate_subscriber::AuthenticateSubscriber;
use lambda_http::Error;
use shared::{
    edge::Entrance,
    lambda,
    wiring::{self, Deployment},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), AuthenticateSubscriber::handle).await
}

async fn wire() -> Result<(Entrance, AuthenticateSubscriber), Error> {
    let deployment = Deployment::from_env()?;
    tokio::try_join!(wiring::entrance(&deployment), AuthenticateSubscriber::new(&deployment))
}
