//! Limits the number of calls to an in-memory database, an object store in a folder, and a signer. All calls beyond the
//! limit fail, as if the caller had crashed.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    config::{
        Builder, ConfigBag, Intercept,
        interceptors::{BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef},
    },
    error::BoxError,
};
use dynoxide::Database;
use local_stack::adapters::{DiskObjectStore, SoftwareSigner};
use shared::{
    adapters,
    pki::SignatureAlgorithm,
    ports::{Content, ListedObject, Object, ObjectStore, PortError, Precondition, PutOutcome, Signer},
    store::{Store, Tables},
};
use tokio::net::TcpListener;

/// The prefix of all table names.
pub(super) const TABLES: &str = "budget-test";

/// The number of calls before the simulated crash.
#[derive(Debug)]
pub(crate) struct CallBudget {
    calls: AtomicUsize,
    last: AtomicUsize,
}

impl CallBudget {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { calls: AtomicUsize::new(0), last: AtomicUsize::new(usize::MAX) })
    }

    /// Simulates a crash after call number `last`, counted from 0. The last call takes effect, but its response is
    /// lost.
    pub(crate) fn crash_after(&self, last: usize) {
        self.calls.store(0, Ordering::SeqCst);
        self.last.store(last, Ordering::SeqCst);
    }

    pub(crate) fn lift(&self) {
        self.crash_after(usize::MAX);
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.calls.load(Ordering::SeqCst) > self.last.load(Ordering::SeqCst)
    }

    fn before(&self) -> Result<(), PortError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        if call <= self.last.load(Ordering::SeqCst) { Ok(()) } else { Err(crashed()) }
    }

    fn after<T>(&self, done: T) -> Result<T, PortError> {
        if self.is_spent() { Err(crashed()) } else { Ok(done) }
    }
}

fn crashed() -> PortError {
    PortError { service: "test", message: "the caller crashed".to_owned() }
}

/// Starts an in-memory database. Returns a store with a limited number of calls, and a client without this limit.
pub(super) async fn records(budget: &Arc<CallBudget>) -> (Store, Client) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, Database::memory().unwrap()));
    let sdk = adapters::sdk_config_for(|name| match name {
        "AWS_REGION" | "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("local".to_owned()),
        "AWS_ENDPOINT_URL" => Some(endpoint.clone()),
        _ => None,
    });
    let sdk = sdk.unwrap();
    let config = Builder::from(&sdk).interceptor(BudgetedCalls(Arc::clone(budget))).build();
    let store = Store::new(Client::from_conf(config), Tables::with_prefix(TABLES));
    store.create_missing_tables().await.unwrap();
    (store, Client::new(&sdk))
}

#[derive(Debug)]
struct BudgetedCalls(Arc<CallBudget>);

impl Intercept for BudgetedCalls {
    fn name(&self) -> &'static str {
        "BudgetedCalls"
    }

    fn read_before_execution(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        Ok(self.0.before()?)
    }

    fn read_after_execution(
        &self,
        _context: &FinalizerInterceptorContextRef<'_>,
        _components: &aws_sdk_dynamodb::config::RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        Ok(self.0.after(())?)
    }
}

pub(super) struct BudgetedSigner {
    pub(super) inner: SoftwareSigner,
    pub(super) budget: Arc<CallBudget>,
}

#[async_trait]
impl Signer for BudgetedSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.inner.algorithm()
    }

    async fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, PortError> {
        self.budget.before()?;
        let signature = self.inner.sign_digest(digest).await?;
        self.budget.after(signature)
    }
}

pub(super) struct BudgetedObjects {
    pub(super) inner: DiskObjectStore,
    pub(super) budget: Arc<CallBudget>,
}

#[async_trait]
impl ObjectStore for BudgetedObjects {
    async fn read(&self, key: &str) -> Result<Option<Object>, PortError> {
        self.budget.before()?;
        let object = self.inner.read(key).await?;
        self.budget.after(object)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, PortError> {
        self.budget.before()?;
        let listed = self.inner.list(prefix).await?;
        self.budget.after(listed)
    }

    async fn put(
        &self,
        key: &str,
        content: Content<'_>,
        content_type: &str,
        precondition: Precondition<'_>,
    ) -> Result<PutOutcome, PortError> {
        self.budget.before()?;
        let outcome = self.inner.put(key, content, content_type, precondition).await?;
        self.budget.after(outcome)
    }
}
