//! Wires the function to its deployment.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use send_certificate_code::SendCertificateCode;
use shared::{
    use_cases::send_mail::SendMail,
    wiring::{Deployment, start_log},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
    let deployment = Deployment::from_env()?;
    let send = SendMail {
        store: deployment.store()?,
        authenticator: deployment.code_authenticator()?,
        mailer: deployment.mailer()?,
        clock: deployment.clock(),
        letterhead: deployment.letterhead()?,
        code_lifetime: deployment.code_lifetime()?,
    };
    let function = SendCertificateCode { send };
    let function = &function;
    run(service_fn(move |event: LambdaEvent<SqsEvent>| async move { function.handle(event.payload).await }))
        .await
}
