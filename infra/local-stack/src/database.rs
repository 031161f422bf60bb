//! DynamoDB in this process: dynoxide over a file in the data folder, served on a loopback port of its own so
//! that the very same adapter talks to it as in a deployment.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, interceptors::BeforeSerializationInterceptorContextRef},
    error::BoxError,
};
use shared::{
    adapters,
    store::{Store, Tables},
};
use tokio::net::TcpListener;

use crate::stack::StackError;

/// Counts the calls to the records: what a deployment pays for.
#[derive(Clone, Debug, Default)]
pub struct CallCounter(Arc<AtomicU64>);

impl CallCounter {
    /// The calls so far.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Intercept for CallCounter {
    fn name(&self) -> &'static str {
        "CallCounter"
    }

    fn read_before_execution(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// Opens the database below `data_dir` and gives the records in it.
pub(crate) async fn open(data_dir: &Path, calls: CallCounter) -> Result<Store, StackError> {
    let file = data_dir.join("dynamodb.sqlite");
    let database = dynoxide::Database::new(&file.to_string_lossy())
        .map_err(|error| StackError::Database(format!("{}: {error}", file.display())))?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    tokio::spawn(dynoxide::server::serve_on(listener, database));

    let sdk = adapters::sdk_config_for(|name| match name {
        "AWS_REGION" => Some("local".to_owned()),
        "AWS_ENDPOINT_URL" => Some(endpoint.clone()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("local".to_owned()),
        _ => None,
    })?;
    let config = aws_sdk_dynamodb::config::Builder::from(&sdk)
        .retry_config(adapters::idempotent_retries())
        .interceptor(calls)
        .build();
    let store =
        Store::new(aws_sdk_dynamodb::Client::from_conf(config), Tables::with_prefix("cert-reissue-local"));
    store.create_missing_tables().await?;
    Ok(store)
}
