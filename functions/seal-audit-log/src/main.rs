//! Wires the function to its deployment.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use seal_audit_log::SealAuditLogFunction;
use serde_json::Value;
use shared::{
    use_cases::seal_audit_log::SealAuditLog,
    wiring::{Deployment, start_log},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
    let deployment = Deployment::from_env()?;
    let seal = SealAuditLog {
        store: deployment.store()?,
        log: deployment.state_objects()?,
        statements: deployment.statement_signer().await?,
        clock: deployment.clock(),
    };
    let function = SealAuditLogFunction { seal };
    let function = &function;
    run(service_fn(move |_: LambdaEvent<Value>| async move { function.handle().await })).await
}
