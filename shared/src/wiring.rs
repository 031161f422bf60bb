//! The code that the `main` functions share: reads the deployment's settings from the environment and creates the
//! adapters.
//!
//! | variable | meaning |
//! |---|---|
//! | `TABLE_PREFIX` | the tables are `…-registry`, `…-revocations` and `…-outbox` |
//! | `REVOCATION_TIMING` | `submission` (the default) or `pickup` |
//! | `STATEMENT_KEY_ID` | the KMS key for revocation statements |
//! | `CA_KEY_ID` | the CA's KMS key |
//! | `OCSP_KEY_ID` | the OCSP responder's KMS key |
//! | `PUBLICATION_URL` | the plain HTTP URL below which relying parties find CRLs, the CA's certificate and OCSP |
//! | `CRL_SHARDS` | the number of CRL shards for new certificates |
//! | `CERTIFICATE_POLICY`, `CPS_URL` | optional: the OID of the CA's own certificate policy, and the URL of its CPS |
//! | `COMPROMISED_KEYS_FILE` | optional: a file with the SHA-256 of the SubjectPublicKeyInfo of each refused key |
//! | `CODE_LIFETIME_HOURS` | the validity of a certificate code in hours: 1 to 24 (the default) |
//! | `CODE_KEY_ID` | the KMS key (HMAC_256) from which certificate codes are derived |
//! | `PUBLIC_BUCKET` | the bucket of CRLs |
//! | `STATE_BUCKET` | the private bucket of the CRL segments and of the audit log |
//! | `MAIL_FROM`, `MAIL_CONFIGURATION_SET` | the sender of emails, and optionally the configuration set of SES |
//! | `MAIL_QUEUE_URL`, `CRL_QUEUE_URL` | the queues for rows of the outbox |
//! | `EDGE_SECRET` | optional: the secret in `x-edge-secret` by which requests from CloudFront are recognised |
//! | `SITE_URL`, `SERVICE_NAME` | the URL and the name of the service in emails |
//!
//! At the start, a function asks KMS for the public half of a key, and reads the CA's certificate from the database
//! ([`ca_on_record`](crate::use_cases::ca_on_record)). The log has its own settings:
//! [`crate::telemetry::log::LogSettings::from_env`].

use std::{env, fmt::Display, str::FromStr, sync::Arc};

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
        application::CodeLifetime, crl_scope::ShardCount, publication::PublicationUrl,
        revocation::RevocationTiming,
    },
    edge::ClientAddresses,
    mail::MailBranding,
    pki::{
        CertificationAuthority, PublicKey,
        certification_request::CompromisedKeys,
        issuance::{CertificatePolicy, IssuanceProfile, ProfileError},
    },
    ports::{Clock, Entropy, Mailer, MessageAuthenticator, ObjectStore, PortError, Queue, Signer},
    store::{Store, Tables},
    use_cases::{
        ca_on_record::{CaOnRecordError, ca_on_record, check_key},
        statements::StatementSigner,
    },
};

/// The deployment in which a function runs.
pub struct Deployment {
    sdk: SdkConfig,
}

/// A setting that is missing or invalid.
#[derive(Debug, thiserror::Error)]
#[error("the environment variable {name} {fault}")]
pub struct SettingError {
    name: &'static str,
    fault: String,
}

/// The reason why a key or the CA is not available.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A setting is missing or invalid.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// KMS did not return the public half of a key.
    #[error(transparent)]
    Kms(#[from] PortError),
    /// The CA's certificate cannot be read from the database, or belongs to another key.
    #[error(transparent)]
    Ca(#[from] CaOnRecordError),
    /// The CA cannot issue certificates.
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

impl Deployment {
    /// Creates the deployment with the AWS settings from the environment. Does no I/O.
    ///
    /// # Errors
    ///
    /// When the TLS settings are refused.
    pub fn from_env() -> Result<Self, crate::ports::PortError> {
        Ok(Self { sdk: adapters::sdk_config()? })
    }

    /// Returns the store. Every call can be retried: reads and deletes have no further effect, transactions carry a
    /// client request token, and a number claimed twice only leaves a gap.
    ///
    /// # Errors
    ///
    /// When `TABLE_PREFIX` is missing.
    pub fn store(&self) -> Result<Store, SettingError> {
        let config =
            aws_sdk_dynamodb::config::Builder::from(&self.sdk).retry_config(idempotent_retries()).build();
        let tables = Tables::with_prefix(&required("TABLE_PREFIX")?);
        Ok(Store::new(aws_sdk_dynamodb::Client::from_conf(config), tables))
    }

    /// Returns the system's clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }

    /// Returns the system's random number generator.
    pub fn entropy(&self) -> Arc<dyn Entropy> {
        Arc::new(SystemEntropy)
    }

    /// Returns the time at which certificates are revoked.
    ///
    /// # Errors
    ///
    /// When `REVOCATION_TIMING` is neither `submission` nor `pickup`.
    pub fn timing(&self) -> Result<RevocationTiming, SettingError> {
        const NAME: &str = "REVOCATION_TIMING";
        match env::var(NAME) {
            Err(_) => Ok(RevocationTiming::default()),
            Ok(value) => value.parse().map_err(|error| fault(NAME, &error)),
        }
    }

    /// Returns the validity of a certificate code.
    ///
    /// # Errors
    ///
    /// When `CODE_LIFETIME_HOURS` is not 1 to 24.
    pub fn code_lifetime(&self) -> Result<CodeLifetime, SettingError> {
        const NAME: &str = "CODE_LIFETIME_HOURS";
        match env::var(NAME) {
            Err(_) => Ok(CodeLifetime::default()),
            Ok(value) => value.parse().map_err(|error| fault(NAME, &error)),
        }
    }

    /// Returns the source of clients' network addresses. With `EDGE_SECRET` the header of CloudFront is trusted, too.
    pub fn client_addresses(&self) -> ClientAddresses {
        ClientAddresses::new(optional("EDGE_SECRET"))
    }

    /// Returns the signer of revocation statements. Asks KMS for the public half of the key.
    ///
    /// # Errors
    ///
    /// [`TrustError`] if the setting is missing or KMS does not return the key.
    pub async fn statement_signer(&self) -> Result<StatementSigner, TrustError> {
        let (signer, public_key) = self.key("STATEMENT_KEY_ID").await?;
        Ok(StatementSigner { signer, public_key })
    }

    /// Returns the CA's key with its public half; a certificate is not required. Asks KMS.
    ///
    /// # Errors
    ///
    /// [`TrustError`] if the setting is missing or KMS does not return the key.
    pub async fn ca_key(&self) -> Result<(Arc<dyn Signer>, PublicKey), TrustError> {
        self.key("CA_KEY_ID").await
    }

    /// Returns the CA's key and the CA's certificate. Asks KMS and reads the database.
    ///
    /// # Errors
    ///
    /// [`TrustError`], also when the certificate in the database belongs to another key.
    pub async fn ca_signer(&self) -> Result<(Arc<dyn Signer>, CertificationAuthority), TrustError> {
        let ((signer, public_key), authority) = tokio::try_join!(self.ca_key(), self.authority())?;
        check_key(&authority, &public_key)?;
        Ok((signer, authority))
    }

    /// Returns the CA's certificate, for functions that cannot sign as the CA. Reads the database.
    ///
    /// # Errors
    ///
    /// [`TrustError`], also when this deployment has no CA yet.
    pub async fn authority(&self) -> Result<CertificationAuthority, TrustError> {
        let store = self.store()?;
        Ok(ca_on_record(&store).await?)
    }

    /// Returns the OCSP responder's key with its public half. Asks KMS.
    ///
    /// # Errors
    ///
    /// [`TrustError`] if the setting is missing or KMS does not return the key.
    pub async fn ocsp_signer(&self) -> Result<(Arc<dyn Signer>, PublicKey), TrustError> {
        self.key("OCSP_KEY_ID").await
    }

    /// Returns the CA's key and the CA's issuance profile. Asks KMS and reads the database.
    ///
    /// # Errors
    ///
    /// [`TrustError`], also without `PUBLICATION_URL`, when the certificate policy is refused, or when the CA cannot
    /// issue now.
    pub async fn issuer(&self) -> Result<(Arc<dyn Signer>, IssuanceProfile), TrustError> {
        const POLICY: &str = "CERTIFICATE_POLICY";
        let (signer, authority) = self.ca_signer().await?;
        let cps_uri = optional("CPS_URL");
        let own_policy = optional(POLICY)
            .map(|identifier| CertificatePolicy::new(&identifier, cps_uri.as_deref()))
            .transpose()
            .map_err(|error| fault(POLICY, &error))?;
        let profile = IssuanceProfile::new(authority, self.publication()?, own_policy, self.clock().now())?;
        Ok((signer, profile))
    }

    /// Returns the URL below which the CA publishes for relying parties.
    ///
    /// # Errors
    ///
    /// When `PUBLICATION_URL` is missing or is not a plain HTTP URL.
    pub fn publication(&self) -> Result<PublicationUrl, SettingError> {
        parsed("PUBLICATION_URL")
    }

    /// Returns the number of CRL shards for new certificates.
    ///
    /// # Errors
    ///
    /// When `CRL_SHARDS` is missing or is not a valid number of shards.
    pub fn crl_shards(&self) -> Result<ShardCount, SettingError> {
        parsed("CRL_SHARDS")
    }

    /// Returns the keys for which no certificate is issued. Reads the file that the deployment contains, if there is
    /// one.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or has an invalid line. A partial list must not pass for a complete one.
    pub fn compromised_keys(&self) -> Result<CompromisedKeys, SettingError> {
        const NAME: &str = "COMPROMISED_KEYS_FILE";
        let Some(file) = optional(NAME) else { return Ok(CompromisedKeys::default()) };
        let list = std::fs::read_to_string(file).map_err(|error| fault(NAME, &error))?;
        list.parse().map_err(|error| fault(NAME, &error))
    }

    async fn key(&self, variable: &'static str) -> Result<(Arc<dyn Signer>, PublicKey), TrustError> {
        let key_id = required(variable)?;
        let client = kms::client(&self.sdk);
        let public_key = kms::public_key(&client, &key_id).await?;
        Ok((Arc::new(KmsSigner::new(client, key_id, public_key.algorithm())), public_key))
    }

    /// Returns the key of certificate codes.
    ///
    /// # Errors
    ///
    /// When `CODE_KEY_ID` is missing.
    pub fn code_authenticator(&self) -> Result<Arc<dyn MessageAuthenticator>, SettingError> {
        Ok(Arc::new(KmsMac::new(kms::client(&self.sdk), required("CODE_KEY_ID")?)))
    }

    /// Returns the object store of published CRLs.
    ///
    /// # Errors
    ///
    /// When `PUBLIC_BUCKET` is missing.
    pub fn objects(&self) -> Result<Arc<dyn ObjectStore>, SettingError> {
        Ok(Arc::new(S3ObjectStore::new(adapters::s3::client(&self.sdk), required("PUBLIC_BUCKET")?)))
    }

    /// Returns the private object store of the CRL segments and the audit log.
    ///
    /// # Errors
    ///
    /// When `STATE_BUCKET` is missing.
    pub fn state_objects(&self) -> Result<Arc<dyn ObjectStore>, SettingError> {
        Ok(Arc::new(S3ObjectStore::new(adapters::s3::client(&self.sdk), required("STATE_BUCKET")?)))
    }

    /// Returns the queue of send-certificate-code.
    ///
    /// # Errors
    ///
    /// When `MAIL_QUEUE_URL` is missing.
    pub fn mail_queue(&self) -> Result<Arc<dyn Queue>, SettingError> {
        self.queue("MAIL_QUEUE_URL")
    }

    /// Returns the queue of publish-crl.
    ///
    /// # Errors
    ///
    /// When `CRL_QUEUE_URL` is missing.
    pub fn crl_queue(&self) -> Result<Arc<dyn Queue>, SettingError> {
        self.queue("CRL_QUEUE_URL")
    }

    fn queue(&self, variable: &'static str) -> Result<Arc<dyn Queue>, SettingError> {
        Ok(Arc::new(SqsQueue::new(adapters::sqs::client(&self.sdk), required(variable)?)))
    }

    /// Returns the mailer.
    ///
    /// # Errors
    ///
    /// When `MAIL_FROM` is missing.
    pub fn mailer(&self) -> Result<Arc<dyn Mailer>, SettingError> {
        let configuration_set = optional("MAIL_CONFIGURATION_SET");
        Ok(Arc::new(SesMailer::new(
            adapters::ses::client(&self.sdk),
            required("MAIL_FROM")?,
            configuration_set,
        )))
    }

    /// Returns the URL and the name of the service for emails.
    ///
    /// # Errors
    ///
    /// When `SITE_URL` or `SERVICE_NAME` is missing.
    pub fn mail_branding(&self) -> Result<MailBranding, SettingError> {
        let site_url = required("SITE_URL")?.trim_end_matches('/').to_owned();
        Ok(MailBranding { site_url, service_name: required("SERVICE_NAME")? })
    }
}

fn optional(name: &'static str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn required(name: &'static str) -> Result<String, SettingError> {
    optional(name).ok_or_else(|| fault(name, &"is not set"))
}

fn parsed<T: FromStr<Err: Display>>(name: &'static str) -> Result<T, SettingError> {
    required(name)?.parse().map_err(|error| fault(name, &error))
}

fn fault(name: &'static str, fault: &dyn Display) -> SettingError {
    SettingError { name, fault: fault.to_string() }
}
