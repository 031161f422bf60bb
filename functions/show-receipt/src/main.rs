//! Wires the function to its deployment.

use std::convert::Infallible;

use lambda_http::{Error, Request, run, service_fn, tracing};
use shared::wiring::Deployment;
use show_receipt::ShowReceipt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let deployment = Deployment::from_env()?;
    let function = ShowReceipt { store: deployment.store()?, clock: deployment.clock() };
    let function = &function;
    run(service_fn(
        move |request: Request| async move { Ok::<_, Infallible>(function.handle(request).await) },
    ))
    .await
}
