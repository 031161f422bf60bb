//! Runs the publisher without the other functions, with a limited number of calls.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
    sync::Arc,
};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use data_encoding::HEXLOWER;
use local_stack::adapters::{DiskObjectStore, SoftwareSigner};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose};
use shared::{
    domain::{
        Timestamp,
        crl_scope::{CrlShard, ShardCount},
        numbers::SerialNumber,
        revocation::{RevocationReason, RevokedCertificate},
    },
    pki::CertificationAuthority,
    ports::{Clock, ObjectStore},
    use_cases::publish_crl::PublishCrl,
};
use tempfile::TempDir;
use x509_parser::{prelude::FromDer, revocation_list::CertificateRevocationList};

use super::{
    MovedClock,
    call_budget::{BudgetedObjects, BudgetedSigner, CallBudget, TABLES, records},
};

/// A publisher and all its dependencies.
pub(crate) struct Publishing {
    pub(crate) publish: Arc<PublishCrl>,
    pub(crate) clock: Arc<MovedClock>,
    pub(crate) budget: Arc<CallBudget>,
    /// The CA's certificate and key.
    pub(crate) ca: (CertificateParams, KeyPair),
    client: Client,
    folder: TempDir,
}

/// Returns a revoked certificate whose serial number ends in `number`.
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
        let budget = CallBudget::new();
        let signer = SoftwareSigner::open(&folder.path().join("ca.key")).unwrap();
        let (ca, certificate) = certification_authority(&folder.path().join("ca.key"));
        let authority = CertificationAuthority::from_certificate(&certificate).unwrap();
        fs::write(folder.path().join("ca.pem"), authority.certificate_pem()).unwrap();
        let (store, client) = records(&budget).await;
        let objects = |name: &str| -> Arc<dyn ObjectStore> {
            Arc::new(BudgetedObjects {
                inner: DiskObjectStore::new(folder.path().join(name)),
                budget: Arc::clone(&budget),
            })
        };
        let publish = Arc::new(PublishCrl {
            store,
            signer: Arc::new(BudgetedSigner { inner: signer, budget: Arc::clone(&budget) }),
            authority,
            objects: objects("objects"),
            segments: objects("segments"),
            publication: "http://pki.example.jp".parse().unwrap(),
            shards: ShardCount::try_from(shards).unwrap(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            scratch: folder.path().to_owned(),
        });
        Self { publish, clock, budget, ca, client, folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stores a revocation and marks it as unlisted, as a submission does.
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

    /// Stores a row in the revocations table that is not a valid revocation.
    pub(crate) async fn record_nonsense(&self, key: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        self.put([("pk", text(key)), ("unlisted", text("crl")), ("revoked_at", text("yesterday"))]).await;
    }

    async fn put<const N: usize>(&self, item: [(&str, AttributeValue); N]) {
        let item: HashMap<_, _> = item.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let table = format!("{TABLES}-revocations");
        self.client.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
    }

    /// Returns the published CRL `name`, such as `complete` or `shard-0`.
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

/// The content of a published CRL, as parsed by x509-parser.
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

/// Returns a CA that uses the private key in this file.
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
