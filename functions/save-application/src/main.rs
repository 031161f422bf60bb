//! Wires the function to its deployment.

use std::convert::Infallible;

use lambda_http::{Error, Request, run, service_fn};
use save_application::SaveApplication;
use shared::wiring::{Deployment, start_log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
    let deployment = Deployment::from_env()?;
    let function = SaveApplication {
        store: deployment.store()?,
        clock: deployment.clock(),
        timing: deployment.timing()?,
    };
    let function = &function;
    run(service_fn(
        move |request: Request| async move { Ok::<_, Infallible>(function.handle(request).await) },
    ))
    .await
}
