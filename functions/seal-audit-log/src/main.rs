//! Wires the function to its deployment.

use std::process::ExitCode;

use lambda_runtime::Error;
use seal_audit_log::SealAuditLogFunction;
use serde_json::Value;
use shared::{lambda, use_cases::seal_audit_log::SealAuditLog, wiring::Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::serve_events(env!("CARGO_PKG_NAME"), wire(), |function: &SealAuditLogFunction, _: Value| {
        function.handle()
    })
    .await
}

async fn wire() -> Result<SealAuditLogFunction, Error> {
    let deployment = Deployment::from_env()?;
    let seal = SealAuditLog {
        store: deployment.store()?,
        log: deployment.state_objects()?,
        statements: deployment.statement_signer().await?,
        clock: deployment.clock(),
    };
    Ok(SealAuditLogFunction { seal })
}
