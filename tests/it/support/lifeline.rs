//! A database in memory, objects in a folder and a signer. All their calls fail after a chosen call, as if the caller
//! had crashed.

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

/// The prefix of the tables' names.
pub(super) const TABLES: &str = "lifeline-test";

/// The number of calls before the simulated crash.
#[derive(Debug)]
pub(crate) struct Lifeline {
    calls: AtomicUsize,
    last: AtomicUsize,
}

impl Lifeline {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { calls: AtomicUsize::new(0), last: AtomicUsize::new(usize::MAX) })
    }

    /// Makes call number `last`, counted from 0, the last one that is carried out. Its answer is lost.
    pub(crate) fn ends_at(&self, last: usize) {
        self.calls.store(0, Ordering::SeqCst);
        self.last.store(last, Ordering::SeqCst);
    }

    pub(crate) fn lives(&self) {
        self.ends_at(usize::MAX);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.calls.load(Ordering::SeqCst) > self.last.load(Ordering::SeqCst)
    }

    fn before(&self) -> Result<(), PortError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        if call <= self.last.load(Ordering::SeqCst) { Ok(()) } else { Err(dead()) }
    }

    fn after<T>(&self, done: T) -> Result<T, PortError> {
        if self.is_over() { Err(dead()) } else { Ok(done) }
    }
}

fn dead() -> PortError {
    PortError { service: "test", message: "the caller is dead".to_owned() }
}

/// Starts a database in memory. Returns a store whose number of calls is limited, and a client without a limit.
pub(super) async fn records(lifeline: &Arc<Lifeline>) -> (Store, Client) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, Database::memory().unwrap()));
    let sdk = adapters::sdk_config_for(|name| match name {
        "AWS_REGION" | "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("local".to_owned()),
        "AWS_ENDPOINT_URL" => Some(endpoint.clone()),
        _ => None,
    });
    let sdk = sdk.unwrap();
    let config = Builder::from(&sdk).interceptor(MortalCalls(Arc::clone(lifeline))).build();
    let store = Store::new(Client::from_conf(config), Tables::with_prefix(TABLES));
    store.create_missing_tables().await.unwrap();
    (store, Client::new(&sdk))
}

#[derive(Debug)]
struct MortalCalls(Arc<Lifeline>);

impl Intercept for MortalCalls {
    fn name(&self) -> &'static str {
        "MortalCalls"
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

pub(super) struct MortalSigner {
    pub(super) inner: SoftwareSigner,
    pub(super) lifeline: Arc<Lifeline>,
}

#[async_trait]
impl Signer for MortalSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.inner.algorithm()
    }

    async fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, PortError> {
        self.lifeline.before()?;
        let signature = self.inner.sign_digest(digest).await?;
        self.lifeline.after(signature)
    }
}

pub(super) struct MortalObjects {
    pub(super) inner: DiskObjectStore,
    pub(super) lifeline: Arc<Lifeline>,
}

#[async_trait]
impl ObjectStore for MortalObjects {
    async fn read(&self, key: &str) -> Result<Option<Object>, PortError> {
        self.lifeline.before()?;
        let object = self.inner.read(key).await?;
        self.lifeline.after(object)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, PortError> {
        self.lifeline.before()?;
        let listed = self.inner.list(prefix).await?;
        self.lifeline.after(listed)
    }

    async fn put(
        &self,
        key: &str,
        content: Content<'_>,
        content_type: &str,
        precondition: Precondition<'_>,
    ) -> Result<PutOutcome, PortError> {
        self.lifeline.before()?;
        let outcome = self.inner.put(key, content, content_type, precondition).await?;
        self.lifeline.after(outcome)
    }
}
