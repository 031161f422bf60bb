//! Wires the function to its deployment.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use record_delivery::RecordDeliveryFunction;
use shared::{
    use_cases::record_delivery::RecordDelivery,
    wiring::{Deployment, start_log},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log();
    let deployment = Deployment::from_env()?;
    let function = RecordDeliveryFunction { record: RecordDelivery { store: deployment.store()? } };
    let function = &function;
    run(service_fn(move |event: LambdaEvent<SqsEvent>| async move { function.handle(event.payload).await }))
        .await
}
