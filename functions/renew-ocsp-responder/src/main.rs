//! Wires the function to its deployment.

use std::process::ExitCode;

use lambda_runtime::Error;
use renew_ocsp_responder::RenewOcspResponderFunction;
use shared::{lambda, use_cases::renew_ocsp_responder::RenewOcspResponder, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), RenewOcspResponderFunction::handle).await
}

async fn wire() -> Result<RenewOcspResponderFunction, Error> {
    let deployment = Deployment::from_env()?;
    let ((signer, authority), (_, responder_key)) =
        tokio::try_join!(deployment.ca_signer(), deployment.ocsp_signer())?;
    let renew = RenewOcspResponder {
        store: deployment.store()?,
        signer,
        authority,
        responder_key,
        clock: deployment.clock(),
        entropy: deployment.entropy(),
    };
    Ok(RenewOcspResponderFunction { renew })
}
