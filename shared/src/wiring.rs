//! What the functions' `main` have in common: the deployment's settings, read from the environment once, and
//! the adapters made of them.
//!
//! | variable | what it says |
//! |---|---|
//! | `TABLE_PREFIX` | the tables are `…-registry`, `…-revocations` and `…-outbox` |
//! | `REVOCATION_TIMING` | `submission` (the default) or `pickup` |
//! | `STATEMENT_KEY_ID` | the KMS key for revocation statements |
//! | `CA_KEY_ID` | the CA's KMS key |
//! | `OCSP_KEY_ID` | the OCSP responder's KMS key |
//! | `PUBLICATION_URL` | the plain HTTP URL below which relying parties find CRLs, the CA's certificate and OCSP |
//! | `CRL_SHARDS` | how many CRL shards new certificates are spread over |
//! | `CERTIFICATE_POLICY`, `CPS_URL` | optionally the OID of the CA's own certificate policy, and where its CPS is |
//! | `COMPROMISED_KEYS_FILE` | optionally a file with the SHA-256 of the SubjectPublicKeyInfo of each key that is refused |
//! | `CODE_LIFETIME_HOURS` | how long a certificate code can be used: 1 to 24 (the default) |
//! | `CODE_KEY_ID` | the KMS key (HMAC_256) from which certificate codes are derived |
//! | `PUBLIC_BUCKET` | the bucket of CRLs |
//! | `STATE_BUCKET` | the private bucket of the segments that CRLs are made of, and of the audit log |
//! | `MAIL_FROM`, `MAIL_CONFIGURATION_SET` | the sender of mails, and optionally SES's configuration set |
//! | `MAIL_QUEUE_URL`, `CRL_QUEUE_URL` | the queues that rows of the outbox go to |
//! | `EDGE_SECRET` | optionally what CloudFront sends in `x-edge-secret`, to be believed about who asked |
//! | `SITE_URL`, `SERVICE_NAME` | what mails say of the service |
//!
//! What a key's public half is, KMS is asked at the start; what the CA's certificate is, the records are
//! ([`ca_on_record`](crate::use_cases::ca_on_record)). The log has settings of its own:
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
    mail::Letterhead,
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

/// Why there is no key or no CA to work with.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A setting.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// KMS did not say what a key's public half is.
    #[error(transparent)]
    Kms(#[from] PortError),
    /// The CA on record.
    #[error(transparent)]
    Ca(#[from] CaOnRecordError),
    /// The CA cannot issue.
    #[error(transparent)]
    Profile(#[from] ProfileError),
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

    /// How long a certificate code can be used.
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

    /// How clients' network addresses are known: by CloudFront, too, with `EDGE_SECRET`.
    pub fn client_addresses(&self) -> ClientAddresses {
        ClientAddresses::new(optional("EDGE_SECRET"))
    }

    /// Signs revocation statements. Asks KMS for the key's public half.
    ///
    /// # Errors
    ///
    /// [`TrustError`].
    pub async fn statement_signer(&self) -> Result<StatementSigner, TrustError> {
        let (signer, public_key) = self.key("STATEMENT_KEY_ID").await?;
        Ok(StatementSigner { signer, public_key })
    }

    /// The CA's key, with its public half. There need not be a certificate for it yet. Asks KMS.
    ///
    /// # Errors
    ///
    /// [`TrustError`].
    pub async fn ca_key(&self) -> Result<(Arc<dyn Signer>, PublicKey), TrustError> {
        self.key("CA_KEY_ID").await
    }

    /// The CA's key, with the CA's certificate. Asks KMS and the records.
    ///
    /// # Errors
    ///
    /// [`TrustError`], also when the certificate on record is not for this key.
    pub async fn ca_signer(&self) -> Result<(Arc<dyn Signer>, CertificationAuthority), TrustError> {
        let ((signer, public_key), authority) = tokio::try_join!(self.ca_key(), self.authority())?;
        check_key(&authority, &public_key)?;
        Ok((signer, authority))
    }

    /// The CA's certificate, for functions that cannot sign as the CA. Asks the records.
    ///
    /// # Errors
    ///
    /// [`TrustError`], also when this deployment has no CA yet.
    pub async fn authority(&self) -> Result<CertificationAuthority, TrustError> {
        let store = self.store()?;
        Ok(ca_on_record(&store).await?)
    }

    /// The OCSP responder's key, with its public half. Asks KMS.
    ///
    /// # Errors
    ///
    /// [`TrustError`].
    pub async fn ocsp_signer(&self) -> Result<(Arc<dyn Signer>, PublicKey), TrustError> {
        self.key("OCSP_KEY_ID").await
    }

    /// The CA's key, with how the CA issues. Asks KMS and the records.
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

    /// Where relying parties find what the CA publishes.
    ///
    /// # Errors
    ///
    /// Without `PUBLICATION_URL`, or when it is no such URL.
    pub fn publication(&self) -> Result<PublicationUrl, SettingError> {
        parsed("PUBLICATION_URL")
    }

    /// How many CRL shards new certificates are spread over.
    ///
    /// # Errors
    ///
    /// Without `CRL_SHARDS`, or when it is no such number.
    pub fn crl_shards(&self) -> Result<ShardCount, SettingError> {
        parsed("CRL_SHARDS")
    }

    /// The keys that no certificate is issued for. Reads the file that the deployment brings along, if it does.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or has a bad line: half a list would pass for all of it.
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

    /// The key of certificate codes.
    ///
    /// # Errors
    ///
    /// Without `CODE_KEY_ID`.
    pub fn code_authenticator(&self) -> Result<Arc<dyn MessageAuthenticator>, SettingError> {
        Ok(Arc::new(KmsMac::new(kms::client(&self.sdk), required("CODE_KEY_ID")?)))
    }

    /// Where CRLs are published.
    ///
    /// # Errors
    ///
    /// Without `PUBLIC_BUCKET`.
    pub fn objects(&self) -> Result<Arc<dyn ObjectStore>, SettingError> {
        Ok(Arc::new(S3ObjectStore::new(adapters::s3::client(&self.sdk), required("PUBLIC_BUCKET")?)))
    }

    /// Where the segments of CRLs and the audit log are kept: nobody but this service reads it.
    ///
    /// # Errors
    ///
    /// Without `STATE_BUCKET`.
    pub fn state_objects(&self) -> Result<Arc<dyn ObjectStore>, SettingError> {
        Ok(Arc::new(S3ObjectStore::new(adapters::s3::client(&self.sdk), required("STATE_BUCKET")?)))
    }

    /// The queue of send-certificate-code.
    ///
    /// # Errors
    ///
    /// Without `MAIL_QUEUE_URL`.
    pub fn mail_queue(&self) -> Result<Arc<dyn Queue>, SettingError> {
        self.queue("MAIL_QUEUE_URL")
    }

    /// The queue of publish-crl.
    ///
    /// # Errors
    ///
    /// Without `CRL_QUEUE_URL`.
    pub fn crl_queue(&self) -> Result<Arc<dyn Queue>, SettingError> {
        self.queue("CRL_QUEUE_URL")
    }

    fn queue(&self, variable: &'static str) -> Result<Arc<dyn Queue>, SettingError> {
        Ok(Arc::new(SqsQueue::new(adapters::sqs::client(&self.sdk), required(variable)?)))
    }

    /// Sends mails.
    ///
    /// # Errors
    ///
    /// Without `MAIL_FROM`.
    pub fn mailer(&self) -> Result<Arc<dyn Mailer>, SettingError> {
        let configuration_set = optional("MAIL_CONFIGURATION_SET");
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
