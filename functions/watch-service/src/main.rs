//! Wires the function to its deployment.

use std::process::ExitCode;

use lambda_runtime::Error;
use shared::{lambda, use_cases::watch_service::WatchService, wiring::Deployment};
use watch_service::WatchServiceFunction;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), WatchServiceFunction::handle).await
}

async fn wire() -> Result<WatchServiceFunction, Error> {
    let deployment = Deployment::from_env()?;
    let watch = WatchService {
        store: deployment.store()?,
        objects: deployment.objects()?,
        shards: deployment.crl_shards()?,
        clock: deployment.clock(),
    };
    Ok(WatchServiceFunction { watch })
}
