//! Wires the function to its deployment.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use renew_ocsp_responder::RenewOcspResponderFunction;
use serde_json::Value;
use shared::{
    use_cases::renew_ocsp_responder::RenewOcspResponder,
    wiring::{Deployment, start_log},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
    let deployment = Deployment::from_env()?;
    let (signer, authority) = deployment.ca_signer().await?;
    let (_, responder_key) = deployment.ocsp_signer().await?;
    let renew = RenewOcspResponder {
        store: deployment.store()?,
        signer,
        authority,
        responder_key,
        clock: deployment.clock(),
        entropy: deployment.entropy(),
    };
    let function = RenewOcspResponderFunction { renew };
    let function = &function;
    run(service_fn(move |event: LambdaEvent<Value>| async move { function.handle(event.payload).await }))
        .await
}
