//! Wires the function to its deployment.

use std::process::ExitCode;

use lambda_http::Error;
use pick_up_certificate::PickUpCertificate;
use shared::{
    lambda,
    passwords::Passwords,
    use_cases::{pick_up::PickUp, pick_up_check::PickUpCheck},
    wiring::Deployment,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), PickUpCertificate::handle).await
}

async fn wire() -> Result<PickUpCertificate, Error> {
    let deployment = Deployment::from_env()?;
    let ((signer, profile), statements) =
        tokio::try_join!(deployment.issuer(), deployment.statement_signer())?;
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
        statements,
    };
    Ok(PickUpCertificate { pick_up, client_addresses: deployment.client_addresses() })
}
