//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_http::Error;
use shared::{
    edge::Entrance,
    lambda,
    wiring::{self, Deployment},
};
use show_certificate::ShowCertificate;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), ShowCertificate::handle).await
}

async fn wire() -> Result<(Entrance, ShowCertificate), Error> {
    let deployment = Deployment::from_env()?;
    tokio::try_join!(wiring::entrance(&deployment), ShowCertificate::new(&deployment))
}
