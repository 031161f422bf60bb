//! Wires the function to its deployment.

use lambda_runtime::{Error, LambdaEvent, run, service_fn, tracing};
use publish_crl::PublishCrlFunction;
use serde_json::Value;
use shared::{use_cases::publish_crl::PublishCrl, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let deployment = Deployment::from_env()?;
    let (signer, authority) = deployment.ca_signer()?;
    let publish = PublishCrl {
        store: deployment.store()?,
        signer,
        authority,
        objects: deployment.objects()?,
        clock: deployment.clock(),
    };
    let function = PublishCrlFunction { publish };
    let function = &function;
    run(service_fn(move |event: LambdaEvent<Value>| async move { function.handle(event.payload).await }))
        .await
}
