//! A deployed stack, whose functions run behind API Gateway or an emulator of API Gateway.

use std::{collections::HashMap, env, fs, io::Write, path::PathBuf, sync::Arc};

use aws_sdk_dynamodb::config::Builder;
use http_body_util::{BodyExt, Empty};
use hyper::{Request, Uri, body::Bytes, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use local_stack::{DemoAccount, DemoCa, DemoNames, demonstration};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::{
    adapters::{
        idempotent_retries,
        kms::{self, KmsSigner},
        s3::{self, S3ObjectStore},
        sdk_config,
        system::{SystemClock, SystemEntropy},
    },
    pki::{PublicKey, issuance::IssuanceProfile},
    ports::{Clock, Entropy, ObjectStore, Signer},
    store::{Effect, Store, Tables},
    use_cases::{ca_on_record::ca_on_record, renew_ocsp_responder::RenewOcspResponder},
};
use tokio::{net::TcpStream, process::Command};

use super::until;

/// The environment variable that contains the path of the stack description.
const VARIABLE: &str = "DEPLOYED_STACK";

/// The description of a deployed stack, written by the operator or program that deployed the stack. The endpoint and
/// credentials of the AWS services are passed in the standard AWS environment variables.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    /// The URL of the API's stage, such as `http://127.0.0.1:4566/live`.
    api_url: String,
    /// The Host header that identifies the API to an emulator.
    api_host: String,
    /// A valid value of the secret that CloudFront adds to requests.
    edge_secret: String,
    /// The bucket that contains the CRLs and the CA certificate.
    public_bucket: String,
    /// The path of the operators' tool.
    operator: PathBuf,
    /// The settings of the functions, keyed by environment variable name.
    settings: HashMap<String, String>,
}

/// A deployed stack, with separate demonstration data for this test.
pub(crate) struct Deployed {
    description: Description,
    names: DemoNames,
    network: [u8; 2],
    store: Store,
    published: S3ObjectStore,
    /// The outbox rows that were pending before this test started. These rows belong to other tests and may never be
    /// processed.
    others: Vec<String>,
}

impl Deployed {
    /// Returns the deployed stack and its demonstration accounts, or `None` if the environment variable is not set.
    pub(crate) async fn from_env() -> Option<(Arc<Self>, Vec<DemoAccount>)> {
        let file = env::var(VARIABLE).ok().filter(|file| !file.is_empty())?;
        let description: Description = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let mut random = [0; 6];
        SystemEntropy.fill(&mut random).unwrap();
        let [a, b, c, d, network @ ..] = random;
        let number = 1_000_000 + u32::from_be_bytes([a, b, c, d]) % 9_000_000;
        let names =
            DemoNames { domain: format!("test-{number}.example.co.jp"), coupon_prefix: number.to_string() };

        let sdk = sdk_config().unwrap();
        let dynamodb = Builder::from(&sdk).retry_config(idempotent_retries()).build();
        let tables = Tables::with_prefix(&description.settings["TABLE_PREFIX"]);
        let store = Store::new(aws_sdk_dynamodb::Client::from_conf(dynamodb), tables);
        let published = S3ObjectStore::new(s3::client(&sdk), &description.public_bucket);
        let mut deployed = Self { description, names, network, store, published, others: Vec::new() };
        deployed.others = deployed.waiting().await;
        let accounts = deployed.demonstrate().await;
        Some((Arc::new(deployed), accounts))
    }

    /// Imports the demonstration records with the operators' tool.
    async fn demonstrate(&self) -> Vec<DemoAccount> {
        let now = SystemClock.now();
        let publication = self.setting("PUBLICATION_URL").parse().unwrap();
        let authority = ca_on_record(&self.store).await.unwrap();
        let ca = DemoCa {
            profile: IssuanceProfile::new(authority, publication, None, now).unwrap(),
            signer: self.key("CA_KEY_ID").await.0,
            shards: self.setting("CRL_SHARDS").parse().unwrap(),
        };
        let (records, accounts) = demonstration(&self.names, &ca, now, &SystemEntropy).await.unwrap();
        let mut file = tempfile::Builder::new().suffix(".jsonl").tempfile().unwrap();
        file.write_all(records.as_bytes()).unwrap();
        let import = Command::new(&self.description.operator)
            .args(["certificates", "import"])
            .arg(file.path())
            .envs(&self.description.settings)
            .output()
            .await
            .unwrap();
        assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
        accounts
    }

    pub(crate) fn setting(&self, name: &str) -> &str {
        let setting = self.description.settings.get(name);
        setting.unwrap_or_else(|| panic!("{VARIABLE} lacks the setting {name}"))
    }

    async fn key(&self, setting: &str) -> (Arc<dyn Signer>, PublicKey) {
        let (client, key_id) = (kms::client(&sdk_config().unwrap()), self.setting(setting));
        let public_key = kms::public_key(&client, key_id).await.unwrap();
        (Arc::new(KmsSigner::new(client, key_id, public_key.algorithm())), public_key)
    }

    /// Returns the API's network address, its path prefix and its Host header.
    pub(crate) fn api(&self) -> (String, String, &str) {
        let url: Uri = self.description.api_url.parse().unwrap();
        let path = url.path().trim_end_matches('/').to_owned();
        (url.authority().unwrap().to_string(), path, &self.description.api_host)
    }

    pub(crate) fn edge_secret(&self) -> &str {
        &self.description.edge_secret
    }

    /// Returns an address that only this test uses, so that other tests do not throttle the client.
    pub(crate) fn client_address(&self, number: u8) -> String {
        let [a, b] = self.network;
        format!("10.{a}.{b}.{number}")
    }

    /// Returns the object that is published under this key.
    pub(crate) async fn published(&self, key: &str) -> Option<Bytes> {
        let object = self.published.read(key).await.unwrap()?;
        Some(object.collect().await.unwrap().into())
    }

    /// Returns the emails to this test's subscribers from the emulator of Amazon SES, oldest first.
    pub(crate) async fn mails(&self) -> Vec<Value> {
        let endpoint: Uri = env::var("AWS_ENDPOINT_URL").unwrap().parse().unwrap();
        let authority = endpoint.authority().unwrap().as_str();
        let stream = TcpStream::connect(authority).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let request = Request::get("/_ministack/ses/messages").header(header::HOST, authority);
        let response = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let sent: Value = serde_json::from_slice(&body).unwrap();
        let mut mails = Vec::new();
        for mail in sent["messages"].as_object().unwrap().values().flat_map(|sent| sent.as_array().unwrap()) {
            let to = mail["To"][0].as_str().unwrap_or_default();
            if to.ends_with(&format!("@{}", self.names.domain)) {
                mails.push(json!({
                    "to": to,
                    "subject": mail["Subject"],
                    "text": mail["BodyText"],
                    "html": mail["BodyHtml"],
                }));
            }
        }
        mails
    }

    /// Waits until all emails and CRLs that are due have been processed.
    pub(crate) async fn settle(&self) {
        let waiting = self.waiting().await;
        until(async || {
            let still = self.waiting().await;
            waiting.iter().all(|id| !still.contains(id)).then_some(())
        })
        .await;
    }

    async fn waiting(&self) -> Vec<String> {
        let mut waiting = Vec::new();
        for queue in [Effect::MAIL_QUEUE, Effect::CRL_QUEUE] {
            waiting.extend(self.store.due(queue, SystemClock.now()).await.unwrap());
        }
        waiting.retain(|id| !self.others.contains(id));
        waiting
    }

    /// Renews the OCSP responder's certificate if a renewal is due, as a deployment does on schedule.
    pub(crate) async fn renew_ocsp_responder(&self) {
        let renew = RenewOcspResponder {
            store: self.store.clone(),
            signer: self.key("CA_KEY_ID").await.0,
            authority: ca_on_record(&self.store).await.unwrap(),
            responder_key: self.key("OCSP_KEY_ID").await.1,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        };
        renew.renew_if_due().await.unwrap();
    }
}
