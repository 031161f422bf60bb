//! Wires the function to its deployment.

use std::process::ExitCode;

use authenticate_subscriber::AuthenticateSubscriber;
use lambda_http::Error;
use shared::{lambda, passwords::Passwords, use_cases::identity_check::IdentityCheck, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), AuthenticateSubscriber::handle).await
}

async fn wire() -> Result<AuthenticateSubscriber, Error> {
    let deployment = Deployment::from_env()?;
    let check = IdentityCheck {
        store: deployment.store()?,
        passwords: Passwords::new()?,
        clock: deployment.clock(),
        entropy: deployment.entropy(),
    };
    Ok(AuthenticateSubscriber { check, client_addresses: deployment.client_addresses() })
}
