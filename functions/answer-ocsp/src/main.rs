//! Wires the function to its deployment.

use std::convert::Infallible;

use answer_ocsp::AnswerOcspFunction;
use lambda_http::{Error, Request, run, service_fn};
use shared::{
    use_cases::answer_ocsp::AnswerOcsp,
    wiring::{Deployment, start_log},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
    let deployment = Deployment::from_env()?;
    let (signer, public_key) = deployment.ocsp_signer().await?;
    let answer = AnswerOcsp {
        store: deployment.store()?,
        signer,
        public_key,
        authority: deployment.authority().await?,
        clock: deployment.clock(),
    };
    let function = AnswerOcspFunction { answer };
    let function = &function;
    run(service_fn(
        move |request: Request| async move { Ok::<_, Infallible>(function.handle(request).await) },
    ))
    .await
}
