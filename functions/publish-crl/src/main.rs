//! Wires the function to its deployment.

use std::process::ExitCode;

use lambda_runtime::Error;
use publish_crl::PublishCrlFunction;
use shared::{lambda, use_cases::publish_crl::PublishCrl, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), PublishCrlFunction::handle).await
}

async fn wire() -> Result<PublishCrlFunction, Error> {
    let deployment = Deployment::from_env()?;
    let (signer, authority) = deployment.ca_signer().await?;
    let publish = PublishCrl {
        store: deployment.store()?,
        signer,
        authority,
        objects: deployment.objects()?,
        segments: deployment.state_objects()?,
        publication: deployment.publication()?,
        shards: deployment.crl_shards()?,
        clock: deployment.clock(),
        scratch: std::env::temp_dir(),
    };
    Ok(PublishCrlFunction { publish })
}
