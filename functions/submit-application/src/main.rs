//! Wires the function to its deployment.

use std::convert::Infallible;

use lambda_http::{Error, Request, run, service_fn};
use shared::{
    use_cases::submit_application::SubmitApplication,
    wiring::{Deployment, start_log},
};
use submit_application::SubmitApplicationFunction;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
    let deployment = Deployment::from_env()?;
    let submit = SubmitApplication {
        store: deployment.store()?,
        statements: deployment.statement_signer().await?,
        clock: deployment.clock(),
        entropy: deployment.entropy(),
        timing: deployment.timing()?,
    };
    let function = SubmitApplicationFunction { submit };
    let function = &function;
    run(service_fn(
        move |request: Request| async move { Ok::<_, Infallible>(function.handle(request).await) },
    ))
    .await
}
