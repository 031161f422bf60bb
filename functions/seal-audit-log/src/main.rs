//! The AWS Lambda entry point.

use std::process::ExitCode;

use lambda_runtime::Error;
use seal_audit_log::SealAuditLogFunction;
use serde_json::Value;
use shared::{lambda, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), |function: &SealAuditLogFunction, _: Value| {
        function.handle()
    })
    .await
}

async fn wire() -> Result<SealAuditLogFunction, Error> {
    SealAuditLogFunction::new(&Deployment::from_env()?).await
}
