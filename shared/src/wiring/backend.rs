//! The components from which use cases are created.

use std::{error::Error, future::Future, path::PathBuf, sync::Arc};

use crate::{
    domain::{
        application::CodeLifetime, crl_scope::ShardCount, publication::PublicationUrl,
        revocation::RevocationTiming,
    },
    edge::ClientAddresses,
    mail::MailBranding,
    passwords::Passwords,
    pki::{
        CertificationAuthority, PublicKey, certification_request::CompromisedKeys,
        issuance::CertificatePolicy,
    },
    ports::{Clock, Entropy, Mailer, MessageAuthenticator, ObjectStore, Signer},
    store::Store,
    use_cases::statements::StatementSigner,
};

/// The reason why a component is not available, such as a missing setting. Callers only show or log it.
pub type BackendError = Box<dyn Error + Send + Sync>;

/// A signer that uses a private key, and the corresponding public key.
pub type SigningKey = (Arc<dyn Signer>, PublicKey);

/// The components that both functions and the operators' tool need.
///
/// A use case requests only the components that it needs, because a function may use no other key and has no other
/// settings. The constructors are generic. The binary of a function therefore contains no clients of services that it
/// never calls.
pub trait Backend: Sync {
    /// Returns the store.
    ///
    /// # Errors
    ///
    /// Fails if a setting is missing, or the database cannot be opened.
    fn store(&self) -> impl Future<Output = Result<Store, BackendError>> + Send;

    /// Returns the clock.
    fn clock(&self) -> Arc<dyn Clock>;

    /// Returns the source of random bytes.
    fn entropy(&self) -> Arc<dyn Entropy>;

    /// Returns the hasher of application passwords.
    ///
    /// # Errors
    ///
    /// Fails if its parameters are refused.
    fn passwords(&self) -> Result<Passwords, BackendError> {
        Ok(Passwords::new()?)
    }

    /// Returns the signer that signs revocation statements and audit log checkpoints.
    ///
    /// # Errors
    ///
    /// Fails if the setting or the key is missing.
    fn statement_signer(&self) -> impl Future<Output = Result<StatementSigner, BackendError>> + Send;

    /// Returns the CA's key, which exists before the CA's certificate.
    ///
    /// # Errors
    ///
    /// Fails if the setting or the key is missing.
    fn ca_key(&self) -> impl Future<Output = Result<SigningKey, BackendError>> + Send;

    /// Returns the CA, as described by its certificate.
    ///
    /// # Errors
    ///
    /// Fails if there is no CA yet, or if its certificate cannot be read.
    fn authority(&self) -> impl Future<Output = Result<CertificationAuthority, BackendError>> + Send;

    /// Returns the OCSP responder's key.
    ///
    /// # Errors
    ///
    /// Fails if the setting or the key is missing.
    fn ocsp_key(&self) -> impl Future<Output = Result<SigningKey, BackendError>> + Send;

    /// Returns the object store of published CRLs.
    ///
    /// # Errors
    ///
    /// Fails if a setting is missing.
    fn objects(&self) -> Result<Arc<dyn ObjectStore>, BackendError>;

    /// Returns the private object store of the CRL segments and the audit log.
    ///
    /// # Errors
    ///
    /// Fails if a setting is missing.
    fn state_objects(&self) -> Result<Arc<dyn ObjectStore>, BackendError>;

    /// Returns the base URL of the CA's publications for relying parties.
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

    /// Returns the folder in which CRLs are assembled.
    fn scratch(&self) -> PathBuf {
        std::env::temp_dir()
    }
}

/// The components that only functions need.
pub trait FunctionBackend: Backend {
    /// Returns the revocation timing of the old certificate.
    ///
    /// # Errors
    ///
    /// Fails if the setting is invalid.
    fn timing(&self) -> Result<RevocationTiming, BackendError>;

    /// Returns the validity of a certificate code.
    ///
    /// # Errors
    ///
    /// Fails if the setting is invalid.
    fn code_lifetime(&self) -> Result<CodeLifetime, BackendError>;

    /// Returns the source of certificate codes.
    ///
    /// # Errors
    ///
    /// Fails if the setting is missing.
    fn code_authenticator(&self) -> Result<Arc<dyn MessageAuthenticator>, BackendError>;

    /// Returns the mailer.
    ///
    /// # Errors
    ///
    /// Fails if a setting is missing.
    fn mailer(&self) -> Result<Arc<dyn Mailer>, BackendError>;

    /// Returns the URL and the name of the service in emails.
    ///
    /// # Errors
    ///
    /// Fails if a setting is missing.
    fn mail_branding(&self) -> Result<MailBranding, BackendError>;

    /// Returns the CA's own certificate policy, or `None` if it has no such policy.
    ///
    /// # Errors
    ///
    /// Fails if a setting is invalid.
    fn certificate_policy(&self) -> Result<Option<CertificatePolicy>, BackendError>;

    /// Returns the compromised keys. The CA issues no certificates for these keys.
    ///
    /// # Errors
    ///
    /// Fails if the list cannot be read or contains an invalid line. A partial list must not be used as the complete
    /// list.
    fn compromised_keys(&self) -> Result<CompromisedKeys, BackendError>;

    /// Returns the source of clients' network addresses.
    fn client_addresses(&self) -> ClientAddresses;
}
