//! A deployment on AWS, configured by environment variables.
//!
//! | variable | meaning |
//! |---|---|
//! | `TABLE_PREFIX` | the tables are `…-registry`, `…-revocations` and `…-outbox` |
//! | `REVOCATION_TIMING` | `submission` (the default) or `pickup` |
//! | `STATEMENT_KEY_ID` | the KMS key for revocation statements |
//! | `CA_KEY_ID` | the CA's KMS key |
//! | `OCSP_KEY_ID` | the OCSP responder's KMS key |
//! | `OCSP_NONCES` | `ignore` (the default), or the maximum number of OCSP responses with a nonce per minute |
//! | `PUBLICATION_URL` | the plain HTTP URL below which relying parties find CRLs, the CA's certificate and OCSP |
//! | `CRL_SHARDS` | the number of CRL shards for new certificates |
//! | `CERTIFICATE_POLICY`, `CPS_URL` | optional: the OID of the CA's own certificate policy, and the URL of its CPS |
//! | `COMPROMISED_KEYS_FILE` | optional: a file with the SHA-256 of the SubjectPublicKeyInfo of each refused key |
//! | `ADDRESS_CHANGE_HOLD` | the hold of codes for a changed email address: 0 to 4320 minutes (45 by default), or `officer` |
//! | `CODE_LIFETIME_HOURS` | the validity of a certificate code in hours: 1 to 24 (the default) |
//! | `CODE_KEY_ID` | the KMS key (HMAC_256) from which codes and the keys of credentials are derived |
//! | `PUBLIC_BUCKET` | the bucket of CRLs |
//! | `STATE_BUCKET` | the private bucket of the CRL segments and of the audit log |
//! | `MAIL_FROM`, `MAIL_CONFIGURATION_SET` | the sender of emails, and optionally the configuration set of SES |
//! | `MAIL_QUEUE_URL`, `CRL_QUEUE_URL` | the queues for rows of the outbox |
//! | `EDGE_SECRETS` | optional: the valid values of the header `x-edge-secret`, separated by commas; other requests are refused |
//! | `EDGE_SECRETS_REVISION` | read by no function; a new value makes CloudFormation read the edge secrets again |
//! | `LOG_KEY_ID` | the KMS key (HMAC_256) from which the keys of the pseudonyms in the log are derived |
//! | `SITE_URL` | the URL of the pages, for emails; only pages of its origin may change state |
//! | `SERVICE_NAME`, `SERVICE_NAME_EN` | the name of the service in Japanese and in English emails |
//!
//! Each setting is read when the component that needs it is created. Public keys are read from KMS, and the CA's
//! certificate is read from the database ([`ca_on_record`](crate::use_cases::ca_on_record)). The settings of the log
//! are read separately by [`crate::telemetry::log::LogSettings::from_env`].

use std::{
    env,
    fmt::Display,
    str::FromStr,
    sync::{Arc, OnceLock},
};

use super::{Backend, BackendError, FunctionBackend, SigningKey};
use crate::{
    adapters::{
        self, SdkConfig, idempotent_retries,
        kms::{self, KmsMac, KmsSigner},
        s3::S3ObjectStore,
        ses::SesMailer,
        sqs::SqsQueue,
        system::{SystemClock, SystemEntropy},
    },
    domain::{
        application::{AddressChangeHold, CodeLifetime},
        crl_scope::ShardCount,
        ocsp::NoncePolicy,
        publication::PublicationUrl,
        revocation::RevocationTiming,
    },
    edge::{EdgeSecrets, Origin},
    mail::{MailBranding, ServiceName},
    pki::{CertificationAuthority, certification_request::CompromisedKeys, issuance::CertificatePolicy},
    ports::{Clock, Entropy, Mailer, MessageAuthenticator, ObjectStore, PortError, Queue},
    store::{Store, Tables},
    use_cases::{ca_on_record::ca_on_record, statements::StatementSigner},
};

/// A backend on AWS, for functions and the operators' tool.
pub struct Deployment {
    sdk: SdkConfig,
    /// The store, created on first use. All use cases of a function share its DynamoDB client.
    store: OnceLock<Store>,
}

/// A missing or invalid setting.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {name} {fault}")]
pub struct SettingError {
    name: &'static str,
    fault: String,
}

impl Deployment {
    /// Creates a deployment with the AWS settings from the environment. Performs no I/O.
    ///
    /// # Errors
    ///
    /// Fails if the TLS settings are invalid.
    pub fn from_env() -> Result<Self, PortError> {
        Ok(Self { sdk: adapters::sdk_config()?, store: OnceLock::new() })
    }

    /// Returns the queue of the `send-certificate-code` function.
    ///
    /// # Errors
    ///
    /// Fails if `MAIL_QUEUE_URL` is not set.
    pub fn mail_queue(&self) -> Result<Arc<dyn Queue>, SettingError> {
        self.queue("MAIL_QUEUE_URL")
    }

    /// Returns the queue of the `publish-crl` function.
    ///
    /// # Errors
    ///
    /// Fails if `CRL_QUEUE_URL` is not set.
    pub fn crl_queue(&self) -> Result<Arc<dyn Queue>, SettingError> {
        self.queue("CRL_QUEUE_URL")
    }

    fn queue(&self, variable: &'static str) -> Result<Arc<dyn Queue>, SettingError> {
        Ok(Arc::new(SqsQueue::new(adapters::sqs::client(&self.sdk), required(variable)?)))
    }

    async fn key(&self, variable: &'static str) -> Result<SigningKey, BackendError> {
        let key_id = required(variable)?;
        let client = kms::client(&self.sdk);
        // The future is boxed because the compiler limits the nesting depth of futures.
        let public_key = Box::pin(kms::public_key(&client, &key_id)).await?;
        Ok((Arc::new(KmsSigner::new(client, key_id, public_key.algorithm())), public_key))
    }

    fn bucket(&self, variable: &'static str) -> Result<Arc<dyn ObjectStore>, BackendError> {
        Ok(Arc::new(S3ObjectStore::new(adapters::s3::client(&self.sdk), required(variable)?)))
    }
}

impl Backend for Deployment {
    /// The store can safely retry all calls. Reads and deletes are idempotent, and transactions contain a client
    /// request token. A retried claim of a CRL number only leaves a gap in the numbers.
    async fn store(&self) -> Result<Store, BackendError> {
        let tables = Tables::with_prefix(&required("TABLE_PREFIX")?);
        let create = || {
            let config = aws_sdk_dynamodb::config::Builder::from(&self.sdk);
            let config = config.retry_config(idempotent_retries()).build();
            Store::new(aws_sdk_dynamodb::Client::from_conf(config), tables)
        };
        Ok(self.store.get_or_init(create).clone())
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }

    fn entropy(&self) -> Arc<dyn Entropy> {
        Arc::new(SystemEntropy)
    }

    fn code_authenticator(&self) -> Result<Arc<dyn MessageAuthenticator>, BackendError> {
        Ok(Arc::new(KmsMac::new(kms::client(&self.sdk), required("CODE_KEY_ID")?)))
    }

    async fn statement_signer(&self) -> Result<StatementSigner, BackendError> {
        let (signer, public_key) = self.key("STATEMENT_KEY_ID").await?;
        Ok(StatementSigner { signer, public_key })
    }

    async fn ca_key(&self) -> Result<SigningKey, BackendError> {
        self.key("CA_KEY_ID").await
    }

    async fn authority(&self) -> Result<CertificationAuthority, BackendError> {
        let store = self.store().await?;
        Ok(Box::pin(ca_on_record(&store)).await?)
    }

    async fn ocsp_key(&self) -> Result<SigningKey, BackendError> {
        self.key("OCSP_KEY_ID").await
    }

    fn objects(&self) -> Result<Arc<dyn ObjectStore>, BackendError> {
        self.bucket("PUBLIC_BUCKET")
    }

    fn state_objects(&self) -> Result<Arc<dyn ObjectStore>, BackendError> {
        self.bucket("STATE_BUCKET")
    }

    fn publication(&self) -> Result<PublicationUrl, BackendError> {
        Ok(parsed("PUBLICATION_URL", required("PUBLICATION_URL")?)?)
    }

    fn crl_shards(&self) -> Result<ShardCount, BackendError> {
        Ok(parsed("CRL_SHARDS", required("CRL_SHARDS")?)?)
    }
}

impl FunctionBackend for Deployment {
    fn timing(&self) -> Result<RevocationTiming, BackendError> {
        Ok(parsed_or_default("REVOCATION_TIMING")?)
    }

    fn address_change_hold(&self) -> Result<AddressChangeHold, BackendError> {
        Ok(parsed_or_default("ADDRESS_CHANGE_HOLD")?)
    }

    fn code_lifetime(&self) -> Result<CodeLifetime, BackendError> {
        Ok(parsed_or_default("CODE_LIFETIME_HOURS")?)
    }

    fn mailer(&self) -> Result<Arc<dyn Mailer>, BackendError> {
        let configuration_set = optional("MAIL_CONFIGURATION_SET");
        let client = adapters::ses::client(&self.sdk);
        Ok(Arc::new(SesMailer::new(client, required("MAIL_FROM")?, configuration_set)))
    }

    fn mail_branding(&self) -> Result<MailBranding, BackendError> {
        let site_url = required("SITE_URL")?.trim_end_matches('/').to_owned();
        let service_name = ServiceName { ja: required("SERVICE_NAME")?, en: required("SERVICE_NAME_EN")? };
        Ok(MailBranding { site_url, service_name })
    }

    fn certificate_policy(&self) -> Result<Option<CertificatePolicy>, BackendError> {
        const NAME: &str = "CERTIFICATE_POLICY";
        let Some(identifier) = optional(NAME) else { return Ok(None) };
        let policy = CertificatePolicy::new(&identifier, optional("CPS_URL").as_deref());
        Ok(Some(policy.map_err(|error| fault(NAME, &error))?))
    }

    fn compromised_keys(&self) -> Result<CompromisedKeys, BackendError> {
        const NAME: &str = "COMPROMISED_KEYS_FILE";
        let Some(file) = optional(NAME) else { return Ok(CompromisedKeys::default()) };
        let list = std::fs::read_to_string(file).map_err(|error| fault(NAME, &error))?;
        Ok(parsed(NAME, list)?)
    }

    fn ocsp_nonces(&self) -> Result<NoncePolicy, BackendError> {
        Ok(parsed_or_default("OCSP_NONCES")?)
    }

    fn edge_secrets(&self) -> Result<EdgeSecrets, BackendError> {
        const NAME: &str = "EDGE_SECRETS";
        Ok(optional(NAME).map(|secrets| parsed(NAME, secrets)).transpose()?.unwrap_or_default())
    }

    fn origins(&self) -> Result<Vec<Origin>, BackendError> {
        const NAME: &str = "SITE_URL";
        Ok(vec![parsed(NAME, required(NAME)?)?])
    }

    fn log_authenticator(&self) -> Result<Arc<dyn MessageAuthenticator>, BackendError> {
        Ok(Arc::new(KmsMac::new(kms::client(&self.sdk), required("LOG_KEY_ID")?)))
    }
}

fn optional(name: &'static str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn required(name: &'static str) -> Result<String, SettingError> {
    optional(name).ok_or_else(|| fault(name, &"is not set"))
}

fn parsed<T: FromStr<Err: Display>>(name: &'static str, value: String) -> Result<T, SettingError> {
    value.parse().map_err(|error| fault(name, &error))
}

/// Returns the parsed value of the variable, or the default if the variable is not set. An empty value is invalid.
fn parsed_or_default<T: Default + FromStr<Err: Display>>(name: &'static str) -> Result<T, SettingError> {
    env::var(name).map_or_else(|_| Ok(T::default()), |value| parsed(name, value))
}

fn fault(name: &'static str, fault: &dyn Display) -> SettingError {
    SettingError { name, fault: fault.to_string() }
}
