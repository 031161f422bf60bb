//! What the functions' `main` have in common: the deployment's settings, read from the environment once, and
//! the adapters made of them.
//!
//! | variable | what it says |
//! |---|---|
//! | `TABLE_PREFIX` | the tables are `…-registry`, `…-revocations` and `…-outbox` |
//! | `REVOCATION_TIMING` | `submission` (the default) or `pickup` |
//! | `STATEMENT_KEY_ID`, `STATEMENT_PUBLIC_KEY` | the KMS key for revocation statements, and its SubjectPublicKeyInfo as base64 of the DER |
//! | `CA_KEY_ID`, `CA_CERTIFICATE` | the CA's KMS key, and its certificate as base64 of the DER |
//! | `OCSP_KEY_ID`, `OCSP_PUBLIC_KEY` | the OCSP responder's KMS key, and its SubjectPublicKeyInfo as base64 of the DER |
//! | `PUBLICATION_URL` | the plain HTTP URL below which relying parties find CRLs, the CA's certificate and OCSP |
//! | `CRL_SHARDS` | how many CRL shards new certificates are spread over |
//! | `CERTIFICATE_POLICY`, `CPS_URL` | optionally the OID of the CA's own certificate policy, and where its CPS is |
//! | `COMPROMISED_KEYS_FILE` | optionally a file with the SHA-256 of the SubjectPublicKeyInfo of each key that is refused |
//! | `CODE_LIFETIME_HOURS` | how long a certificate code can be used: 1 to 24 (the default) |
//! | `CODE_KEY_ID` | the KMS key (HMAC_256) from which certificate codes are derived |
//! | `PUBLIC_BUCKET` | the bucket of CRLs |
//! | `STATE_BUCKET` | the private bucket of the segments that CRLs are made of, and of the audit log |
//! | `MAIL_FROM`, `MAIL_CONFIGURATION_SET` | the sender of mails, and optionally SES's configuration set |
//! | `EDGE_SECRET` | optionally what CloudFront sends in `x-edge-secret`, to be believed about who asked |
//! | `SITE_URL`, `SERVICE_NAME` | what mails say of the service |
//!
//! The log has settings of its own: [`crate::telemetry::log::LogSettings::from_env`].

use std::{env, fmt::Display, str::FromStr, sync::Arc};

use aws_config::SdkConfig;

use crate::{
    adapters::{
        self, idempotent_retries,
        kms::{KmsMac, KmsSigner},
        s3::S3ObjectStore,
        ses::SesMailer,
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
        issuance::{CertificatePolicy, IssuanceProfile},
    },
    ports::{Clock, Entropy, Mailer, MessageAuthenticator, ObjectStore, Signer},
    store::{Store, Tables},
    use_cases::statements::StatementSigner,
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

    /// Signs revocation statements.
    ///
    /// # Errors
    ///
    /// Without its variables, or when the public key is none.
    pub fn statement_signer(&self) -> Result<StatementSigner, SettingError> {
        let public_key = public_key("STATEMENT_PUBLIC_KEY")?;
        let signer = self.signer("STATEMENT_KEY_ID", &public_key)?;
        Ok(StatementSigner { signer, public_key })
    }

    /// The CA's key, with the CA's certificate.
    ///
    /// # Errors
    ///
    /// Without its variables, or when the certificate is no CA's.
    pub fn ca_signer(&self) -> Result<(Arc<dyn Signer>, CertificationAuthority), SettingError> {
        let authority = self.authority()?;
        let signer = self.signer("CA_KEY_ID", authority.public_key())?;
        Ok((signer, authority))
    }

    /// The CA's certificate, for functions that cannot sign as the CA.
    ///
    /// # Errors
    ///
    /// Without `CA_CERTIFICATE`, or when it is no CA's.
    pub fn authority(&self) -> Result<CertificationAuthority, SettingError> {
        const NAME: &str = "CA_CERTIFICATE";
        CertificationAuthority::from_certificate(&base64(NAME)?).map_err(|error| fault(NAME, &error))
    }

    /// The OCSP responder's key, with its public half.
    ///
    /// # Errors
    ///
    /// Without its variables, or when the public key is none.
    pub fn ocsp_signer(&self) -> Result<(Arc<dyn Signer>, PublicKey), SettingError> {
        let public_key = self.ocsp_public_key()?;
        let signer = self.signer("OCSP_KEY_ID", &public_key)?;
        Ok((signer, public_key))
    }

    /// The public half of the OCSP responder's key, for its certificate.
    ///
    /// # Errors
    ///
    /// Without `OCSP_PUBLIC_KEY`, or when it is none.
    pub fn ocsp_public_key(&self) -> Result<PublicKey, SettingError> {
        public_key("OCSP_PUBLIC_KEY")
    }

    /// The CA's key, with how the CA issues.
    ///
    /// # Errors
    ///
    /// Without the variables of the CA or `PUBLICATION_URL`, when one of them or the certificate policy is refused,
    /// or when the CA cannot issue now.
    pub fn issuer(&self) -> Result<(Arc<dyn Signer>, IssuanceProfile), SettingError> {
        const POLICY: &str = "CERTIFICATE_POLICY";
        let (signer, authority) = self.ca_signer()?;
        let cps_uri = optional("CPS_URL");
        let own_policy = optional(POLICY)
            .map(|identifier| CertificatePolicy::new(&identifier, cps_uri.as_deref()))
            .transpose()
            .map_err(|error| fault(POLICY, &error))?;
        let profile = IssuanceProfile::new(authority, self.publication()?, own_policy, self.clock().now())
            .map_err(|error| fault("CA_CERTIFICATE", &error))?;
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

    /// Where the segments of CRLs and the audit log are kept: nobody but this service reads it.
    ///
    /// # Errors
    ///
    /// Without `STATE_BUCKET`.
    pub fn state_objects(&self) -> Result<Arc<dyn ObjectStore>, SettingError> {
        Ok(Arc::new(S3ObjectStore::new(adapters::s3::client(&self.sdk), required("STATE_BUCKET")?)))
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

fn base64(name: &'static str) -> Result<Vec<u8>, SettingError> {
    data_encoding::BASE64.decode(required(name)?.as_bytes()).map_err(|error| fault(name, &error))
}

fn public_key(name: &'static str) -> Result<PublicKey, SettingError> {
    PublicKey::from_spki_der(&base64(name)?).map_err(|error| fault(name, &error))
}

fn fault(name: &'static str, fault: &dyn Display) -> SettingError {
    SettingError { name, fault: fault.to_string() }
}
