//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_http::Error;
use pick_up_certificate::PickUpCertificate;
use shared::{
    edge::Entrance,
    lambda,
    wiring::{self, Deployment},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), PickUpCertificate::handle).await
}

async fn wire() -> Result<(Entrance, PickUpCertificate), Error> {
    let deployment = Deployment::from_env()?;
    tokio::try_join!(wiring::entrance(&deployment), PickUpCertificate::new(&deployment))
}
