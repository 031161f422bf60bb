//! Provides the components from which the stack builds its functions.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use shared::{
    domain::{
        application::{AddressChangeHold, CodeLifetime},
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
    use_cases::statements::StatementSigner,
    wiring::{Backend, BackendError, FunctionBackend, SigningKey},
};

use crate::StackError;

/// The ports that have local adapters. [`StackOptions::around_ports`](crate::StackOptions::around_ports) can wrap them.
#[derive(Clone)]
pub struct Ports {
    pub statement_signer: Arc<dyn Signer>,
    /// Signs certificates and CRLs.
    pub ca_signer: Arc<dyn Signer>,
    pub ocsp_signer: Arc<dyn Signer>,
    /// Derives certificate codes.
    pub authenticator: Arc<dyn MessageAuthenticator>,
    pub mailer: Arc<dyn Mailer>,
    /// Stores the published CRLs.
    pub objects: Arc<dyn ObjectStore>,
    /// Stores the CRL segments and the audit log.
    pub state_objects: Arc<dyn ObjectStore>,
}

pub(crate) struct Components {
    pub(crate) store: Store,
    pub(crate) passwords: Passwords,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) timing: RevocationTiming,
    pub(crate) ocsp_nonces: NoncePolicy,
    pub(crate) hold: AddressChangeHold,
    pub(crate) ports: Ports,
    pub(crate) statement_key: PublicKey,
    pub(crate) ocsp_key: PublicKey,
    pub(crate) authority: CertificationAuthority,
    pub(crate) publication: PublicationUrl,
    pub(crate) shards: ShardCount,
    pub(crate) compromised: CompromisedKeys,
    pub(crate) mail_branding: MailBranding,
    /// The origins at which the stack serves the pages.
    pub(crate) origins: Vec<Origin>,
    /// The authenticator that derives the keys for the pseudonyms in the log.
    pub(crate) log_authenticator: Arc<dyn MessageAuthenticator>,
    pub(crate) scratch: PathBuf,
}

impl Backend for Components {
    async fn store(&self) -> Result<Store, BackendError> {
        Ok(self.store.clone())
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    fn entropy(&self) -> Arc<dyn Entropy> {
        Arc::clone(&self.entropy)
    }

    /// Returns the password hasher, which all functions share to limit the memory that hashing uses.
    fn passwords(&self) -> Result<Passwords, BackendError> {
        Ok(self.passwords.clone())
    }

    fn code_authenticator(&self) -> Result<Arc<dyn MessageAuthenticator>, BackendError> {
        Ok(Arc::clone(&self.ports.authenticator))
    }

    async fn statement_signer(&self) -> Result<StatementSigner, BackendError> {
        let signer = Arc::clone(&self.ports.statement_signer);
        Ok(StatementSigner { signer, public_key: self.statement_key.clone() })
    }

    async fn ca_key(&self) -> Result<SigningKey, BackendError> {
        Ok((Arc::clone(&self.ports.ca_signer), self.authority.public_key().clone()))
    }

    async fn authority(&self) -> Result<CertificationAuthority, BackendError> {
        Ok(self.authority.clone())
    }

    async fn ocsp_key(&self) -> Result<SigningKey, BackendError> {
        Ok((Arc::clone(&self.ports.ocsp_signer), self.ocsp_key.clone()))
    }

    fn objects(&self) -> Result<Arc<dyn ObjectStore>, BackendError> {
        Ok(Arc::clone(&self.ports.objects))
    }

    fn state_objects(&self) -> Result<Arc<dyn ObjectStore>, BackendError> {
        Ok(Arc::clone(&self.ports.state_objects))
    }

    fn publication(&self) -> Result<PublicationUrl, BackendError> {
        Ok(self.publication.clone())
    }

    fn crl_shards(&self) -> Result<ShardCount, BackendError> {
        Ok(self.shards)
    }

    fn scratch(&self) -> PathBuf {
        self.scratch.clone()
    }
}

impl FunctionBackend for Components {
    fn timing(&self) -> Result<RevocationTiming, BackendError> {
        Ok(self.timing)
    }

    fn address_change_hold(&self) -> Result<AddressChangeHold, BackendError> {
        Ok(self.hold)
    }

    fn code_lifetime(&self) -> Result<CodeLifetime, BackendError> {
        Ok(CodeLifetime::default())
    }

    fn mailer(&self) -> Result<Arc<dyn Mailer>, BackendError> {
        Ok(Arc::clone(&self.ports.mailer))
    }

    fn mail_branding(&self) -> Result<MailBranding, BackendError> {
        Ok(self.mail_branding.clone())
    }

    fn certificate_policy(&self) -> Result<Option<CertificatePolicy>, BackendError> {
        Ok(None)
    }

    fn compromised_keys(&self) -> Result<CompromisedKeys, BackendError> {
        Ok(self.compromised.clone())
    }

    fn ocsp_nonces(&self) -> Result<NoncePolicy, BackendError> {
        Ok(self.ocsp_nonces)
    }

    /// Returns no secret, because no CDN is in front of the local stack.
    fn edge_secrets(&self) -> Result<EdgeSecrets, BackendError> {
        Ok(EdgeSecrets::default())
    }

    fn origins(&self) -> Result<Vec<Origin>, BackendError> {
        Ok(self.origins.clone())
    }

    fn log_authenticator(&self) -> Result<Arc<dyn MessageAuthenticator>, BackendError> {
        Ok(Arc::clone(&self.log_authenticator))
    }
}

/// Reads the optional file `compromised-keys`, which lists the keys that the service refuses to certify.
pub(crate) fn compromised_keys(data_dir: &Path) -> Result<CompromisedKeys, StackError> {
    let path = data_dir.join("compromised-keys");
    if !path.try_exists()? {
        return Ok(CompromisedKeys::default());
    }
    fs::read_to_string(&path)?.parse().map_err(|source| StackError::CompromisedKeys { path, source })
}

/// Creates an empty folder in which CRLs are assembled. Deletes the files that a killed process left in the folder.
pub(crate) fn scratch_folder(data_dir: &Path) -> io::Result<PathBuf> {
    let folder = data_dir.join("scratch");
    if folder.try_exists()? {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
