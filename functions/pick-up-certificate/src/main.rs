//! Wires the function to its deployment.

use std::convert::Infallible;

use lambda_http::{Error, Request, run, service_fn};
use pick_up_certificate::PickUpCertificate;
use shared::{
    passwords::Passwords,
    use_cases::{pick_up::PickUp, pick_up_check::PickUpCheck},
    wiring::{Deployment, start_log},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
    let deployment = Deployment::from_env()?;
    let (signer, profile) = deployment.issuer().await?;
    let pick_up = PickUp {
        check: PickUpCheck {
            store: deployment.store()?,
            passwords: Passwords::new()?,
            clock: deployment.clock(),
        },
        entropy: deployment.entropy(),
        signer,
        profile,
        shards: deployment.crl_shards()?,
        compromised: deployment.compromised_keys()?,
        statements: deployment.statement_signer().await?,
    };
    let function = PickUpCertificate { pick_up };
    let function = &function;
    run(service_fn(
        move |request: Request| async move { Ok::<_, Infallible>(function.handle(request).await) },
    ))
    .await
}
