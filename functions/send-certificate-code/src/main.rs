//! Wires the function to its deployment.

use std::process::ExitCode;

use lambda_runtime::Error;
use send_certificate_code::SendCertificateCode;
use shared::{lambda, use_cases::send_mail::SendMail, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), SendCertificateCode::handle).await
}

async fn wire() -> Result<SendCertificateCode, Error> {
    let deployment = Deployment::from_env()?;
    let send = SendMail {
        store: deployment.store()?,
        authenticator: deployment.code_authenticator()?,
        mailer: deployment.mailer()?,
        clock: deployment.clock(),
        branding: deployment.mail_branding()?,
        code_lifetime: deployment.code_lifetime()?,
    };
    Ok(SendCertificateCode { send })
}
