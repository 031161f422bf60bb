//! Wires the function to its deployment.

use std::convert::Infallible;

use lambda_http::{Error, Request, run, service_fn};
use shared::{
    use_cases::resend_code::ResendCode,
    wiring::{Deployment, start_log},
};
use show_receipt::ShowReceipt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
    let deployment = Deployment::from_env()?;
    let resend =
        ResendCode { store: deployment.store()?, clock: deployment.clock(), entropy: deployment.entropy() };
    let function = ShowReceipt { resend };
    let function = &function;
    run(service_fn(
        move |request: Request| async move { Ok::<_, Infallible>(function.handle(request).await) },
    ))
    .await
}
