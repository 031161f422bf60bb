//! The publisher alone: records in memory, objects in a folder, and a lifeline that ends at a chosen call.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    config::{
        Builder, ConfigBag, Intercept,
        interceptors::{BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef},
    },
    error::BoxError,
    types::AttributeValue,
};
use data_encoding::HEXLOWER;
use dynoxide::Database;
use local_stack::adapters::{DiskObjectStore, SoftwareSigner};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose};
use shared::{
    adapters,
    domain::{
        Timestamp,
        crl_scope::{CrlShard, ShardCount},
        numbers::SerialNumber,
        revocation::{RevocationReason, RevokedCertificate},
    },
    pki::CertificationAuthority,
    ports::{
        Clock, Content, ListedObject, Object, ObjectStore, PortError, Precondition, PutOutcome,
        SignatureAlgorithm, Signer,
    },
    store::{Store, Tables},
    use_cases::publish_crl::PublishCrl,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use x509_parser::{prelude::FromDer, revocation_list::CertificateRevocationList};

use super::MovedClock;

const TABLES: &str = "publishing-test";

/// How long a publisher lives.
#[derive(Debug)]
pub(crate) struct Lifeline {
    calls: AtomicUsize,
    last: AtomicUsize,
}

impl Lifeline {
    /// Call number `last`, counted from 0, is the last one that is carried out, and its answer is lost.
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
    PortError { service: "test", message: "the publisher is dead".to_owned() }
}

/// A publisher with everything that it needs.
pub(crate) struct Publishing {
    pub(crate) publish: Arc<PublishCrl>,
    pub(crate) clock: Arc<MovedClock>,
    pub(crate) lifeline: Arc<Lifeline>,
    /// The CA's certificate and key.
    pub(crate) ca: (CertificateParams, KeyPair),
    client: Client,
    folder: TempDir,
}

/// A certificate that was revoked now.
pub(crate) fn revoked(
    number: u32,
    not_after: i64,
    shard: Option<u16>,
    revoked_at: Timestamp,
) -> RevokedCertificate {
    let octets = [&[0x40; 12][..], &number.to_be_bytes()].concat();
    RevokedCertificate {
        serial_number: SerialNumber::from_be_bytes(&octets).unwrap(),
        revoked_at,
        reason: RevocationReason::Superseded,
        not_after: Timestamp::try_from(not_after).unwrap(),
        crl_shard: shard.map(|shard| CrlShard::all(ShardCount::try_from(shard + 1).unwrap()).last().unwrap()),
    }
}

impl Publishing {
    pub(crate) async fn new(shards: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = MovedClock::new();
        let lifeline = Arc::new(Lifeline { calls: AtomicUsize::new(0), last: AtomicUsize::new(usize::MAX) });
        let signer = SoftwareSigner::open(&folder.path().join("ca.key")).unwrap();
        let (ca, certificate) = certification_authority(&folder.path().join("ca.key"));
        let authority = CertificationAuthority::from_certificate(&certificate).unwrap();
        fs::write(folder.path().join("ca.pem"), authority.certificate_pem()).unwrap();
        let (store, client) = records(&lifeline).await;
        let objects = |name: &str| -> Arc<dyn ObjectStore> {
            Arc::new(MortalObjects {
                inner: DiskObjectStore::new(folder.path().join(name)),
                lifeline: Arc::clone(&lifeline),
            })
        };
        let publish = Arc::new(PublishCrl {
            store,
            signer: Arc::new(MortalSigner { inner: signer, lifeline: Arc::clone(&lifeline) }),
            authority,
            objects: objects("objects"),
            segments: objects("segments"),
            publication: "http://pki.example.jp".parse().unwrap(),
            shards: ShardCount::try_from(shards).unwrap(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            scratch: folder.path().to_owned(),
        });
        Self { publish, clock, lifeline, ca, client, folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a revocation on record, marked as the submission marks it.
    pub(crate) async fn record(&self, revoked: &RevokedCertificate) {
        let shard = serde_json::to_value(revoked.crl_shard).unwrap();
        let shard = shard.as_u64().map_or(AttributeValue::Null(true), |n| AttributeValue::N(n.to_string()));
        self.put([
            ("pk", AttributeValue::S(revoked.serial_number.to_string())),
            ("serial_number", AttributeValue::S(revoked.serial_number.to_string())),
            ("revoked_at", AttributeValue::N(revoked.revoked_at.as_seconds().to_string())),
            ("reason", AttributeValue::S("superseded".to_owned())),
            ("not_after", AttributeValue::N(revoked.not_after.as_seconds().to_string())),
            ("crl_shard", shard),
            ("unlisted", AttributeValue::S("crl".to_owned())),
        ])
        .await;
    }

    /// Puts a row that is no revocation among the revocations.
    pub(crate) async fn record_nonsense(&self, key: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        self.put([("pk", text(key)), ("unlisted", text("crl")), ("revoked_at", text("yesterday"))]).await;
    }

    async fn put<const N: usize>(&self, item: [(&str, AttributeValue); N]) {
        let item: HashMap<_, _> = item.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let table = format!("{TABLES}-revocations");
        self.client.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
    }

    /// The published CRL `name`, such as `complete` or `shard-0`.
    pub(crate) fn crl(&self, name: &str) -> Option<PublishedCrl> {
        let der = fs::read(self.folder.path().join(format!("objects/crl/{name}.crl"))).ok()?;
        let (_, crl) = CertificateRevocationList::from_der(&der).unwrap();
        let serial_numbers: Vec<_> =
            crl.iter_revoked_certificates().map(|entry| HEXLOWER.encode(entry.raw_serial())).collect();
        let listed: BTreeSet<_> = serial_numbers.iter().cloned().collect();
        assert_eq!(listed.len(), serial_numbers.len(), "nothing is listed twice");
        let number = crl.crl_number().unwrap().try_into().unwrap();
        let (this_update, next_update) =
            (crl.last_update().timestamp(), crl.next_update().unwrap().timestamp());
        Some(PublishedCrl { number, this_update, next_update, listed, der: der.clone() })
    }
}

/// What relying parties see, by x509-parser.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PublishedCrl {
    pub(crate) number: u64,
    pub(crate) this_update: i64,
    pub(crate) next_update: i64,
    pub(crate) listed: BTreeSet<String>,
    pub(crate) der: Vec<u8>,
}

impl PublishedCrl {
    pub(crate) fn lists(&self, revoked: &RevokedCertificate) -> bool {
        self.listed.contains(&revoked.serial_number.to_string())
    }
}

/// A CA over the key in the file.
fn certification_authority(key: &Path) -> ((CertificateParams, KeyPair), Vec<u8>) {
    let key = KeyPair::try_from(fs::read(key).unwrap()).unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Publishing CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = params.self_signed(&key).unwrap().der().to_vec();
    ((params, key), certificate)
}

/// Records in memory, whose calls hang on the lifeline, and a client beside it.
async fn records(lifeline: &Arc<Lifeline>) -> (Store, Client) {
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

struct MortalSigner {
    inner: SoftwareSigner,
    lifeline: Arc<Lifeline>,
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

struct MortalObjects {
    inner: DiskObjectStore,
    lifeline: Arc<Lifeline>,
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
