//! The components used to create use cases.

use std::{error::Error, future::Future, path::PathBuf, sync::Arc};

use crate::{
    domain::{
        application::{AddressChangeHold, CodeLifetime},
        credential_keys::CredentialKeys,
        crl_scope::ShardCount,
        ocsp::NoncePolicy,
        publication::PublicationUrl,
        revocation::RevocationTiming,
    },
    edge::{EdgeSecrets, Origin},
    mail::MailBranding,
    passwords::Passwords,
    pki::{
        CertificationAuthority, PublicKey, certification_request::CompromisedKeys,
        issuance::CertificatePolicy,
    },
    ports::{Clock, Entropy, Mailer, MessageAuthenticator, ObjectStore, Signer},
    store::Store,
    use_cases::{statements::StatementSigner, throttling::credential_keys},
};

/// The reason why a component is not available, such as a missing setting. Callers only display or log the reason.
pub type BackendError = Box<dyn Error + Send + Sync>;

/// A signer and the public key that verifies its signatures.
pub type SigningKey = (Arc<dyn Signer>, PublicKey);

/// The components that both functions and the operators' tool need.
///
/// A use case requests only the components that it needs, because each function has access only to its own keys and
/// settings. The constructors are generic, so a function's binary omits clients for services that the function never
/// calls.
pub trait Backend: Sync {
    /// Returns the store.
    ///
    /// # Errors
    ///
    /// Fails if a setting is missing or the database cannot be opened.
    fn store(&self) -> impl Future<Output = Result<Store, BackendError>> + Send;

    fn clock(&self) -> Arc<dyn Clock>;

    fn entropy(&self) -> Arc<dyn Entropy>;

    /// Returns the hasher for application passwords.
    ///
    /// # Errors
    ///
    /// Fails if the hash parameters are invalid.
    fn passwords(&self) -> Result<Passwords, BackendError> {
        Ok(Passwords::new()?)
    }

    /// Returns the authenticator that derives certificate codes and the keys of credentials.
    ///
    /// # Errors
    ///
    /// Fails if the setting or the key is missing.
    fn code_authenticator(&self) -> Result<Arc<dyn MessageAuthenticator>, BackendError>;

    /// Returns the key derivation for database keys and sign-in codes.
    ///
    /// # Errors
    ///
    /// Fails if the setting or the key is missing, or if the key cannot be used.
    fn credential_keys(&self) -> impl Future<Output = Result<CredentialKeys, BackendError>> + Send {
        async { Ok(credential_keys(self.code_authenticator()?.as_ref()).await?) }
    }

    /// Returns the signer for revocation statements and audit log checkpoints.
    ///
    /// # Errors
    ///
    /// Fails if the key or its setting is missing.
    fn statement_signer(&self) -> impl Future<Output = Result<StatementSigner, BackendError>> + Send;

    /// Returns the CA's key, which exists before the CA's certificate is created.
    ///
    /// # Errors
    ///
    /// Fails if the key or its setting is missing.
    fn ca_key(&self) -> impl Future<Output = Result<SigningKey, BackendError>> + Send;

    /// Returns the CA described by the stored CA certificate.
    ///
    /// # Errors
    ///
    /// Fails if the CA certificate does not exist yet or cannot be read.
    fn authority(&self) -> impl Future<Output = Result<CertificationAuthority, BackendError>> + Send;

    /// Returns the OCSP responder's key.
    ///
    /// # Errors
    ///
    /// Fails if the key or its setting is missing.
    fn ocsp_key(&self) -> impl Future<Output = Result<SigningKey, BackendError>> + Send;

    /// Returns the object store for published CRLs.
    ///
    /// # Errors
    ///
    /// Fails if a setting is missing.
    fn objects(&self) -> Result<Arc<dyn ObjectStore>, BackendError>;

    /// Returns the private object store for CRL segments and the audit log.
    ///
    /// # Errors
    ///
    /// Fails if a setting is missing.
    fn state_objects(&self) -> Result<Arc<dyn ObjectStore>, BackendError>;

    /// Returns the base URL of the files that the CA publishes for relying parties.
    ///
    /// # Errors
    ///
    /// Fails if the setting is missing or invalid.
    fn publication(&self) -> Result<PublicationUrl, BackendError>;

    /// Returns the number of CRL shards for new certificates.
    ///
    /// # Errors
    ///
    /// Fails if the setting is missing or invalid.
    fn crl_shards(&self) -> Result<ShardCount, BackendError>;

    /// Returns the folder for assembling CRLs.
    fn scratch(&self) -> PathBuf {
        std::env::temp_dir()
    }
}

/// The components that only functions need.
pub trait FunctionBackend: Backend {
    /// Returns the revocation timing for old certificates.
    ///
    /// # Errors
    ///
    /// Fails if the setting is invalid.
    fn timing(&self) -> Result<RevocationTiming, BackendError>;

    /// Returns the hold of certificate codes for a changed email address.
    ///
    /// # Errors
    ///
    /// Fails if the setting is invalid.
    fn address_change_hold(&self) -> Result<AddressChangeHold, BackendError>;

    /// Returns the lifetime of a certificate code.
    ///
    /// # Errors
    ///
    /// Fails if the setting is invalid.
    fn code_lifetime(&self) -> Result<CodeLifetime, BackendError>;

    /// Returns the mailer.
    ///
    /// # Errors
    ///
    /// Fails if a setting is missing.
    fn mailer(&self) -> Result<Arc<dyn Mailer>, BackendError>;

    /// Returns the site URL and the service name for emails.
    ///
    /// # Errors
    ///
    /// Fails if a setting is missing.
    fn mail_branding(&self) -> Result<MailBranding, BackendError>;

    /// Returns the CA's own certificate policy, or `None` if the CA has none.
    ///
    /// # Errors
    ///
    /// Fails if a setting is invalid.
    fn certificate_policy(&self) -> Result<Option<CertificatePolicy>, BackendError>;

    /// Returns the compromised keys, which the CA never certifies.
    ///
    /// # Errors
    ///
    /// Fails if the list cannot be read or contains an invalid line. An incomplete list must not be used.
    fn compromised_keys(&self) -> Result<CompromisedKeys, BackendError>;

    /// Returns the valid values of the secret that CloudFront adds to requests.
    ///
    /// # Errors
    ///
    /// Fails if the setting is invalid.
    fn edge_secrets(&self) -> Result<EdgeSecrets, BackendError>;

    /// Returns the origins of the site's pages.
    ///
    /// # Errors
    ///
    /// Fails if the setting is missing or invalid.
    fn origins(&self) -> Result<Vec<Origin>, BackendError>;

    /// Returns the authenticator that derives the keys of the pseudonyms in the log.
    ///
    /// # Errors
    ///
    /// Fails if the setting is missing.
    fn log_authenticator(&self) -> Result<Arc<dyn MessageAuthenticator>, BackendError>;

    /// Returns the setting for nonces in OCSP requests.
    ///
    /// # Errors
    ///
    /// Fails if the setting is invalid.
    fn ocsp_nonces(&self) -> Result<NoncePolicy, BackendError>;
}
