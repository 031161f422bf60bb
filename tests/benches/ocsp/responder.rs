//! A CA, an OCSP responder whose signer counts its calls, and requests.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use local_stack::adapters::SoftwareSigner;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose};
use ring::digest::{SHA256, digest};
use shared::{
    adapters::{self, system::SystemEntropy},
    domain::{Timestamp, ocsp::NoncePolicy},
    pki::{CertificationAuthority, PublicKey, SignatureAlgorithm},
    ports::{Clock, PortError, Signer},
    store::{Store, Tables},
    use_cases::{
        answer_ocsp::{AnswerOcsp, CurrentResponder},
        renew_ocsp_responder::RenewOcspResponder,
    },
};

/// 2026-11-22T00:00:00Z
const START: i64 = 1_795_305_600;
const TABLES: &str = "ocsp-bench";
const ISSUED: [u8; 16] = [0x11; 16];
/// The octets in a request that [`Responder::request`] replaces.
const SERIAL_NUMBER: [u8; 16] = [0x22; 16];
const NONCE: [u8; 16] = [0x33; 16];

/// The certificates that the requests ask about.
#[derive(Clone, Copy)]
pub(crate) enum Asked {
    /// Each request contains a different serial number that was never issued.
    Random,
    /// Every request asks about the same issued certificate.
    Issued,
}

pub(crate) struct Responder {
    pub(crate) answer: AnswerOcsp,
    signer: Arc<CountingSigner>,
    template: Vec<u8>,
}

impl Responder {
    /// Creates a responder in the database at `endpoint`. The keys are in `folder`.
    pub(crate) async fn new(folder: &Path, endpoint: &str, nonces: NoncePolicy) -> Self {
        let ca_signer = Arc::new(SoftwareSigner::open(&folder.join("ca.key")).unwrap());
        let ocsp_signer = SoftwareSigner::open(&folder.join("ocsp.key")).unwrap();
        let responder_key = ocsp_signer.public_key().clone();
        let authority = CertificationAuthority::from_certificate(&ca_certificate(folder)).unwrap();
        let sdk = adapters::sdk_config_for(|name| match name {
            "AWS_REGION" | "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("local".to_owned()),
            "AWS_ENDPOINT_URL" => Some(endpoint.to_owned()),
            _ => None,
        });
        let client = aws_sdk_dynamodb::Client::new(&sdk.unwrap());
        let store = Store::new(client.clone(), Tables::with_prefix(TABLES));
        store.create_missing_tables().await.unwrap();
        register(&client).await;
        let renew = RenewOcspResponder {
            store: store.clone(),
            signer: ca_signer,
            authority: authority.clone(),
            responder_key: responder_key.clone(),
            clock: Arc::new(StoppedClock),
            entropy: Arc::new(SystemEntropy),
        };
        renew.renew_if_due().await.unwrap();
        let signer = Arc::new(CountingSigner { inner: ocsp_signer, signatures: AtomicU64::new(0) });
        let template = request(&authority);
        let answer = AnswerOcsp {
            store,
            signer: Arc::clone(&signer) as Arc<dyn Signer>,
            responder: CurrentResponder::new(authority, responder_key),
            nonces,
            clock: Arc::new(StoppedClock),
        };
        Self { answer, signer, template }
    }

    /// Returns the number of signatures so far.
    pub(crate) fn signatures(&self) -> u64 {
        self.signer.signatures.load(Ordering::SeqCst)
    }

    /// Returns a request with a nonce.
    pub(crate) fn request(&self, asked: Asked, number: u64) -> Vec<u8> {
        let mut request = self.template.clone();
        let random: [u8; 16] = digest(&SHA256, &number.to_be_bytes()).as_ref()[..16].try_into().unwrap();
        replace(&mut request, &NONCE, &random);
        match asked {
            Asked::Issued => replace(&mut request, &SERIAL_NUMBER, &ISSUED),
            Asked::Random => {
                let [first, rest @ ..] = random;
                // The first octet makes the number positive and its encoding minimal.
                replace(&mut request, &SERIAL_NUMBER, &[&[first & 0x3f | 0x40], &rest[..]].concat());
            }
        }
        request
    }
}

fn replace(request: &mut [u8], from: &[u8], to: &[u8]) {
    let at = request.windows(from.len()).position(|octets| octets == from).unwrap();
    request[at..at + to.len()].copy_from_slice(to);
}

/// Stores the registry row that marks the certificate as issued.
async fn register(client: &aws_sdk_dynamodb::Client) {
    let key = format!("SERIAL#{}", data_encoding::HEXLOWER.encode(&ISSUED));
    let item = [("pk", key), ("sk", "SERIAL".to_owned())];
    let item: HashMap<_, _> =
        item.into_iter().map(|(name, value)| (name.to_owned(), AttributeValue::S(value))).collect();
    client.put_item().table_name(format!("{TABLES}-registry")).set_item(Some(item)).send().await.unwrap();
}

/// Returns the CA's certificate. The first process that calls this function creates the certificate.
fn ca_certificate(folder: &Path) -> Vec<u8> {
    let path = folder.join("ca.der");
    if let Ok(certificate) = fs::read(&path) {
        return certificate;
    }
    let key = KeyPair::try_from(fs::read(folder.join("ca.key")).unwrap()).unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Bench CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = params.self_signed(&key).unwrap().der().to_vec();
    fs::write(path, &certificate).unwrap();
    certificate
}

/// Returns an OCSPRequest with a SHA-256 CertID and a nonce (RFC 6960 §4.1.1).
fn request(authority: &CertificationAuthority) -> Vec<u8> {
    let sequence = |parts: &[&[u8]]| tlv(0x30, parts);
    let octets = |value: &[u8]| tlv(4, &[value]);
    let hash = |value: &[u8]| octets(digest(&SHA256, value).as_ref());
    let sha_256 = [6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
    let nonce_oid = [6, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2];
    let cert_id = sequence(&[
        &sequence(&[&sha_256]),
        &hash(authority.subject_der()),
        &hash(authority.public_key().subject_public_key()),
        &tlv(2, &[&SERIAL_NUMBER]),
    ]);
    let nonce = sequence(&[&nonce_oid, &octets(&octets(&NONCE))]);
    let extensions = tlv(0xa2, &[&sequence(&[&nonce])]);
    sequence(&[&sequence(&[&sequence(&[&sequence(&[&cert_id])]), &extensions])])
}

/// Encodes a value shorter than 256 octets in DER.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u8::try_from(content.len()).unwrap();
    let header = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
    [header, content].concat()
}

/// Returns a P-256 key, a message as long as an OCSP response, and the message's signature.
pub(crate) fn signed_message(folder: &Path) -> (PublicKey, Vec<u8>, Vec<u8>) {
    let signer = SoftwareSigner::open(&folder.join("message.key")).unwrap();
    let message = vec![7; 200];
    let hash = SignatureAlgorithm::EcdsaP256Sha256.digest(&message);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let signature = runtime.block_on(signer.sign_digest(hash.as_ref())).unwrap();
    (signer.public_key().clone(), message, signature)
}

struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::try_from(START).unwrap()
    }
}

struct CountingSigner {
    inner: SoftwareSigner,
    signatures: AtomicU64,
}

#[async_trait]
impl Signer for CountingSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.inner.algorithm()
    }

    async fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, PortError> {
        self.signatures.fetch_add(1, Ordering::SeqCst);
        self.inner.sign_digest(digest).await
    }
}
