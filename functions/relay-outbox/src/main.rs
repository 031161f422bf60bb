//! Wires the function to its deployment.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use relay_outbox::{RelayOutbox, StreamEvent};
use shared::wiring::{Deployment, start_log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
    let deployment = Deployment::from_env()?;
    let function = RelayOutbox { mails: deployment.mail_queue()?, crls: deployment.crl_queue()? };
    let function = &function;
    run(service_fn(
        move |event: LambdaEvent<StreamEvent>| async move { function.handle(event.payload).await },
    ))
    .await
}
