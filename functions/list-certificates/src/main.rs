//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_http::Error;
use list_certificates::ListCertificates;
use shared::{
    edge::Entrance,
    lambda,
    wiring::{self, Deployment},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), ListCertificates::handle).await
}

async fn wire() -> Result<(Entrance, ListCertificates), Error> {
    let deployment = Deployment::from_env()?;
    tokio::try_join!(wiring::entrance(&deployment), ListCertificates::new(&deployment))
}
