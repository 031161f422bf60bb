//! Wires the function to its deployment.

use std::convert::Infallible;

use authenticate_subscriber::AuthenticateSubscriber;
use lambda_http::{Error, Request, run, service_fn, tracing};
use shared::{passwords::Passwords, use_cases::identity_check::IdentityCheck, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let deployment = Deployment::from_env()?;
    let check = IdentityCheck {
        store: deployment.store()?,
        passwords: Passwords::new()?,
        clock: deployment.clock(),
        entropy: deployment.entropy(),
    };
    let function = AuthenticateSubscriber { check };
    let function = &function;
    run(service_fn(
        move |request: Request| async move { Ok::<_, Infallible>(function.handle(request).await) },
    ))
    .await
}
