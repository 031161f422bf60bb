//! Wires the function to its deployment.

use std::convert::Infallible;

use authenticate_subscriber::AuthenticateSubscriber;
use lambda_http::{Error, Request, run, service_fn};
use shared::{
    passwords::Passwords,
    use_cases::identity_check::IdentityCheck,
    wiring::{Deployment, start_log},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
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
