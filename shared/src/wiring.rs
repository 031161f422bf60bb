//! What the functions' `main` have in common: the deployment's settings, read from the environment once, and
//! the adapters made of them.
//!
//! | variable | what it says |
//! |---|---|
//! | `TABLE_PREFIX` | the tables are `…-registry`, `…-revocations` and `…-outbox` |
//! | `REVOCATION_TIMING` | `submission` (the default) or `pickup` |
//! | `STATEMENT_KEY_ID`, `STATEMENT_PUBLIC_KEY` | the KMS key for revocation statements, and its SubjectPublicKeyInfo as base64 of the DER |
//! | `CA_KEY_ID`, `CA_CERTIFICATE` | the CA's KMS key, and its certificate as base64 of the DER |
//! | `CODE_KEY_ID` | the KMS key (HMAC_256) from which certificate codes are derived |
//! | `PUBLIC_BUCKET` | the bucket of CRLs |
//! | `STATE_BUCKET` | the private bucket of the segments that CRLs are made of |
//! | `PUBLICATION_URL` | the root, plain HTTP, below which relying parties find what the CA publishes |
//! | `CRL_SHARD_COUNT` | over how many CRL shards new certificates are spread |
//! | `MAIL_FROM`, `MAIL_CONFIGURATION_SET` | the sender of mails, and optionally SES's configuration set |
//! | `SITE_URL`, `SERVICE_NAME` | what mails say of the service |

use std::{env, sync::Arc};

use aws_config::SdkConfig;
use tracing_subscriber::filter::LevelFilter;

use crate::{
    adapters::{
        self, idempotent_retries,
        kms::{KmsMac, KmsSigner},
        s3::S3ObjectStore,
        ses::SesMailer,
        system::{SystemClock, SystemEntropy},
    },
    domain::{crl_scope::ShardCount, publication::PublicationUrl, revocation::RevocationTiming},
    mail::Letterhead,
    pki::{CertificationAuthority, PublicKey},
    ports::{Clock, Entropy, Mailer, MessageAuthenticator, ObjectStore, Signer},
    store::{Store, Tables},
};

/// Starts the log: one JSON object a line on standard output, where Lambda collects it. `AWS_LAMBDA_LOG_LEVEL`
/// sets the level (`info` unless it is set).
pub fn start_log() {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(level.unwrap_or(LevelFilter::INFO))
        .without_time()
        .init();
}

/// The deployment that a function runs in.
pub struct Deployment {
    sdk: SdkConfig,
}

/// A setting that is missing or that no deployment can have.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {name} {fault}")]
pub struct SettingError {
    name: &'static str,
    fault: String,
}

impl Deployment {
    /// The deployment that the environment describes. Does no I/O.
    ///
    /// # Errors
    ///
    /// When the TLS settings are refused.
    pub fn from_env() -> Result<Self, crate::ports::PortError> {
        Ok(Self { sdk: adapters::sdk_config()? })
    }

    /// The records. Every call may run twice: reads and deletes change nothing more, transactions carry a
    /// client request token, and a number that is claimed twice is a gap.
    ///
    /// # Errors
    ///
    /// Without `TABLE_PREFIX`.
    pub fn store(&self) -> Result<Store, SettingError> {
        let config =
            aws_sdk_dynamodb::config::Builder::from(&self.sdk).retry_config(idempotent_retries()).build();
        let tables = Tables::with_prefix(&required("TABLE_PREFIX")?);
        Ok(Store::new(aws_sdk_dynamodb::Client::from_conf(config), tables))
    }

    /// The system's clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }

    /// The system's source of randomness.
    pub fn entropy(&self) -> Arc<dyn Entropy> {
        Arc::new(SystemEntropy)
    }

    /// When certificates are revoked.
    ///
    /// # Errors
    ///
    /// When `REVOCATION_TIMING` is neither of the two.
    pub fn timing(&self) -> Result<RevocationTiming, SettingError> {
        const NAME: &str = "REVOCATION_TIMING";
        match env::var(NAME) {
            Err(_) => Ok(RevocationTiming::default()),
            Ok(value) => value.parse().map_err(|error| fault(NAME, &error)),
        }
    }

    /// The key of revocation statements, with its public half.
    ///
    /// # Errors
    ///
    /// Without its variables, or when the public key is none.
    pub fn statement_signer(&self) -> Result<(Arc<dyn Signer>, PublicKey), SettingError> {
        const NAME: &str = "STATEMENT_PUBLIC_KEY";
        let public_key = PublicKey::from_spki_der(&base64(NAME)?).map_err(|error| fault(NAME, &error))?;
        let signer = self.signer("STATEMENT_KEY_ID", &public_key)?;
        Ok((signer, public_key))
    }

    /// The CA's key, with the CA's certificate.
    ///
    /// # Errors
    ///
    /// Without its variables, or when the certificate is no CA's.
    pub fn ca_signer(&self) -> Result<(Arc<dyn Signer>, CertificationAuthority), SettingError> {
        const NAME: &str = "CA_CERTIFICATE";
        let authority =
            CertificationAuthority::from_certificate(&base64(NAME)?).map_err(|error| fault(NAME, &error))?;
        let signer = self.signer("CA_KEY_ID", authority.public_key())?;
        Ok((signer, authority))
    }

    fn signer(
        &self,
        key_variable: &'static str,
        public_key: &PublicKey,
    ) -> Result<Arc<dyn Signer>, SettingError> {
        let client = adapters::kms::client(&self.sdk);
        Ok(Arc::new(KmsSigner::new(client, required(key_variable)?, public_key.algorithm())))
    }

    /// The key of certificate codes.
    ///
    /// # Errors
    ///
    /// Without `CODE_KEY_ID`.
    pub fn code_authenticator(&self) -> Result<Arc<dyn MessageAuthenticator>, SettingError> {
        Ok(Arc::new(KmsMac::new(adapters::kms::client(&self.sdk), required("CODE_KEY_ID")?)))
    }

    /// Where CRLs are published.
    ///
    /// # Errors
    ///
    /// Without `PUBLIC_BUCKET`.
    pub fn objects(&self) -> Result<Arc<dyn ObjectStore>, SettingError> {
        Ok(Arc::new(S3ObjectStore::new(adapters::s3::client(&self.sdk), required("PUBLIC_BUCKET")?)))
    }

    /// Where the segments of CRLs are kept.
    ///
    /// # Errors
    ///
    /// Without `STATE_BUCKET`.
    pub fn segments(&self) -> Result<Arc<dyn ObjectStore>, SettingError> {
        Ok(Arc::new(S3ObjectStore::new(adapters::s3::client(&self.sdk), required("STATE_BUCKET")?)))
    }

    /// Where relying parties find what the CA publishes.
    ///
    /// # Errors
    ///
    /// When `PUBLICATION_URL` is missing or no such URL.
    pub fn publication(&self) -> Result<PublicationUrl, SettingError> {
        const NAME: &str = "PUBLICATION_URL";
        required(NAME)?.parse().map_err(|error| fault(NAME, &error))
    }

    /// Over how many CRL shards new certificates are spread.
    ///
    /// # Errors
    ///
    /// When `CRL_SHARD_COUNT` is missing or no such number.
    pub fn crl_shards(&self) -> Result<ShardCount, SettingError> {
        const NAME: &str = "CRL_SHARD_COUNT";
        required(NAME)?.parse().map_err(|error| fault(NAME, &error))
    }

    /// Sends mails.
    ///
    /// # Errors
    ///
    /// Without `MAIL_FROM`.
    pub fn mailer(&self) -> Result<Arc<dyn Mailer>, SettingError> {
        let configuration_set = env::var("MAIL_CONFIGURATION_SET").ok().filter(|name| !name.is_empty());
        Ok(Arc::new(SesMailer::new(
            adapters::ses::client(&self.sdk),
            required("MAIL_FROM")?,
            configuration_set,
        )))
    }

    /// What mails say of their sender.
    ///
    /// # Errors
    ///
    /// Without `SITE_URL` or `SERVICE_NAME`.
    pub fn letterhead(&self) -> Result<Letterhead, SettingError> {
        let site_url = required("SITE_URL")?.trim_end_matches('/').to_owned();
        Ok(Letterhead { site_url, service_name: required("SERVICE_NAME")? })
    }
}

fn required(name: &'static str) -> Result<String, SettingError> {
    env::var(name).ok().filter(|value| !value.is_empty()).ok_or_else(|| fault(name, &"is not set"))
}

fn base64(name: &'static str) -> Result<Vec<u8>, SettingError> {
    data_encoding::BASE64.decode(required(name)?.as_bytes()).map_err(|error| fault(name, &error))
}

fn fault(name: &'static str, fault: &dyn std::fmt::Display) -> SettingError {
    SettingError { name, fault: fault.to_string() }
}
