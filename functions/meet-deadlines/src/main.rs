//! Wires the function to its deployment.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use meet_deadlines::MeetDeadlinesFunction;
use serde_json::Value;
use shared::{
    use_cases::meet_deadlines::MeetDeadlines,
    wiring::{Deployment, start_log},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
    let deployment = Deployment::from_env()?;
    let meet = MeetDeadlines {
        store: deployment.store()?,
        statements: deployment.statement_signer().await?,
        clock: deployment.clock(),
        entropy: deployment.entropy(),
    };
    let function = MeetDeadlinesFunction { meet };
    let function = &function;
    run(service_fn(move |event: LambdaEvent<Value>| async move { function.handle(event.payload).await }))
        .await
}
