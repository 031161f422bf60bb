//! Wires the function to its deployment.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use publish_crl::PublishCrlFunction;
use serde_json::Value;
use shared::{
    use_cases::publish_crl::PublishCrl,
    wiring::{Deployment, start_log},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
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
    let function = PublishCrlFunction { publish };
    let function = &function;
    run(service_fn(move |event: LambdaEvent<Value>| async move { function.handle(event.payload).await }))
        .await
}
