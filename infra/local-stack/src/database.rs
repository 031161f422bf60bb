//! Runs an in-process DynamoDB. dynoxide stores its tables in a file of the data folder and listens on a separate
//! loopback port. The store accesses this port with the AWS SDK, as in a deployment.

use std::{
    fmt::Display,
    fs,
    io::ErrorKind,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
};

use aws_sdk_dynamodb::{
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::{BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef},
    },
    error::BoxError,
};
use dynoxide::Database;
use shared::{
    adapters,
    store::{Store, Tables},
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{adapters::files, database_file::DATABASE_FILE, stack::StackError};

/// Counts the database calls, which are billable in a deployment. The counter can also simulate the loss of one request
/// or response.
#[derive(Clone, Debug, Default)]
pub struct CallCounter(Arc<Calls>);

#[derive(Debug, Default)]
struct Calls {
    count: AtomicU64,
    /// The number of the call to lose, or 0 for none.
    lost: AtomicU64,
    loss: AtomicU8,
}

/// The message that is lost in a simulated network failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Loss {
    /// The request is lost, so the call has no effect.
    Request = 1,
    /// The response is lost. The call takes effect, but the client receives an error.
    Answer = 2,
}

impl CallCounter {
    /// Returns the number of calls so far.
    pub fn count(&self) -> u64 {
        self.0.count.load(Ordering::SeqCst)
    }

    /// Simulates the loss of a later call. The next call has the number 1. Database calls must not overlap until the
    /// simulated loss.
    pub fn lose(&self, number: u64, loss: Loss) {
        self.0.loss.store(loss as u8, Ordering::SeqCst);
        self.0.lost.store(self.count() + number, Ordering::SeqCst);
    }

    fn loses(&self, call: u64, loss: Loss) -> Result<(), BoxError> {
        let is_lost = self.0.lost.load(Ordering::SeqCst) == call && call > 0;
        if is_lost && self.0.loss.load(Ordering::SeqCst) == loss as u8 {
            return Err("simulated loss of a message".into());
        }
        Ok(())
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
        let call = self.0.count.fetch_add(1, Ordering::SeqCst) + 1;
        self.loses(call, Loss::Request)
    }

    fn read_after_execution(
        &self,
        _context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.loses(self.count(), Loss::Answer)
    }
}

/// Opens the database in `data_dir` and returns its store. Creates the database if it does not exist.
pub(crate) async fn open(data_dir: &Path, calls: CallCounter) -> Result<Store, StackError> {
    let file = data_dir.join(DATABASE_FILE);
    if !file.try_exists()? {
        make(&file).await?;
    }
    let (store, _) = serve(Database::new(&file.to_string_lossy()).map_err(failed(&file))?, calls).await?;
    store.create_missing_tables().await?;
    Ok(store)
}

/// Creates the database file. dynoxide creates a table in several steps. If the process exited between two steps, the
/// file would contain an unusable table. The tables are therefore created in memory and then written to the file
/// atomically.
async fn make(file: &Path) -> Result<(), StackError> {
    let database = Database::memory().map_err(failed(file))?;
    let (store, server) = serve(database.clone(), CallCounter::default()).await?;
    store.create_missing_tables().await?;
    server.abort();
    let image = file.with_extension("new");
    match fs::remove_file(&image) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    database.vacuum_into(&image.to_string_lossy()).map_err(failed(file))?;
    files::create(file, &fs::read(&image)?)?;
    Ok(fs::remove_file(image)?)
}

/// Serves `database` on a free loopback port. Returns the database's store and the server's task.
async fn serve(database: Database, calls: CallCounter) -> Result<(Store, JoinHandle<()>), StackError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let server = tokio::spawn(dynoxide::server::serve_on(listener, database));

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
    let tables = Tables::with_prefix("cert-reissue-local");
    Ok((Store::new(aws_sdk_dynamodb::Client::from_conf(config), tables), server))
}

fn failed<E: Display>(file: &Path) -> impl FnOnce(E) -> StackError {
    let path = file.to_owned();
    move |error| StackError::Database { path, fault: format!("cannot be opened: {error}") }
}
