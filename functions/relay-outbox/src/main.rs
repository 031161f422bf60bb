//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_runtime::Error;
use relay_outbox::RelayOutbox;
use shared::{
    lambda,
    wiring::{self, Deployment},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), RelayOutbox::handle).await
}

async fn wire() -> Result<RelayOutbox, Error> {
    let deployment = Deployment::from_env()?;
    Ok(RelayOutbox {
        mails: deployment.mail_queue()?,
        crls: deployment.crl_queue()?,
        sweep: wiring::sweep_outbox(&deployment).await?,
    })
}
