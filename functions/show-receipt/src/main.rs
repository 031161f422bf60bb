//! Wires the function to its deployment.

use std::process::ExitCode;

use lambda_http::Error;
use shared::{
    lambda,
    use_cases::{correct_address::CorrectAddress, resend_code::ResendCode},
    wiring::Deployment,
};
use show_receipt::ShowReceipt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_requests(env!("CARGO_PKG_NAME"), wire(), ShowReceipt::handle).await
}

async fn wire() -> Result<ShowReceipt, Error> {
    let deployment = Deployment::from_env()?;
    let (store, clock, entropy) = (deployment.store()?, deployment.clock(), deployment.entropy());
    let correct = CorrectAddress { store: store.clone(), clock: clock.clone(), entropy: entropy.clone() };
    Ok(ShowReceipt { resend: ResendCode { store, clock, entropy }, correct })
}
