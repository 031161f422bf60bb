//! The data folder and its layout. A lock restricts the folder to one process at a time.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use shared::{
    adapters::system::{SystemClock, SystemEntropy},
    domain::{crl_scope::ShardCount, publication::PublicationUrl},
    pki::CertificationAuthority,
    ports::{Clock, Entropy, MessageAuthenticator, ObjectStore},
    store::Store,
    use_cases::statements::StatementSigner,
    wiring::{Backend, BackendError, SigningKey},
};

use crate::{
    adapters::{DiskObjectStore, SoftwareMac, SoftwareSigner, files},
    database::{self, CallCounter, DATABASE_FILE},
    demo_ca::CRL_SHARDS,
    stack::StackError,
};

/// The data folder of a local stack. The folder is locked while this value exists, so the operators' tool can open it
/// only while the stack is stopped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    lock: File,
}

pub(crate) const CA_KEY: &str = "ca-key.p8";
pub(crate) const STATEMENT_KEY: &str = "statement-key.p8";
pub(crate) const CODE_KEY: &str = "code-key";
pub(crate) const OCSP_KEY: &str = "ocsp-key.p8";
/// The folder with the published CRLs.
pub(crate) const PUBLISHED_OBJECTS: &str = "objects";
/// The folder with the CRL segments and the audit log.
pub(crate) const STATE_OBJECTS: &str = "state";

/// The version of the folder's layout. It is incremented when older data becomes unusable.
const LAYOUT: &str = "3\n";

impl DataFolder {
    /// Opens and locks the folder at `path`. Creates the folder if it does not exist. Deletes the temporary files of
    /// interrupted writes.
    ///
    /// # Errors
    ///
    /// Returns [`StackError::UnusableFolder`] if the folder cannot be created or written, [`StackError::InUse`] if
    /// another process has locked the folder, or [`StackError::OtherLayout`] if another version created it.
    pub fn open(path: PathBuf) -> Result<Self, StackError> {
        let unusable = |source| StackError::UnusableFolder { path: path.clone(), source };
        fs::create_dir_all(&path).map_err(unusable)?;
        let lock = File::create(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(StackError::InUse(path)),
            Err(fs::TryLockError::Error(error)) => return Err(unusable(error)),
        }
        check_layout(&path)?;
        for file in files::delete_temporary_files(&path).map_err(unusable)? {
            tracing::info!(file = %file.display(), "the file of an interrupted write was deleted");
        }
        Ok(Self { path, lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns a signer with the key in the file `name`. Creates the file if it does not exist.
    pub(crate) fn signer(&self, name: &str) -> Result<Arc<SoftwareSigner>, StackError> {
        Ok(Arc::new(SoftwareSigner::open(&self.path.join(name))?))
    }

    fn signing_key(&self, name: &str) -> Result<SigningKey, BackendError> {
        let signer = self.signer(name)?;
        let public_key = signer.public_key().clone();
        Ok((signer, public_key))
    }

    /// Returns the object store in the folder `name`.
    pub(crate) fn object_store(&self, name: &str) -> Arc<DiskObjectStore> {
        Arc::new(DiskObjectStore::new(self.path.join(name)))
    }

    /// Returns the path of the CA certificate, a PEM file.
    pub fn ca_certificate(&self) -> PathBuf {
        Self::ca_certificate_in(&self.path)
    }

    /// Returns the path of the CA certificate in the data folder at `path`.
    pub fn ca_certificate_in(path: &Path) -> PathBuf {
        path.join("ca.pem")
    }

    /// Reads the base URL of CRLs, OCSP and the CA certificate from its file. The stack creates the file when it first
    /// starts.
    fn publication_url(&self) -> Result<PublicationUrl, StackError> {
        Ok(fs::read_to_string(self.publication_url_file())?.parse()?)
    }

    /// Returns the base URL of CRLs, OCSP and the CA certificate. When the stack starts for the first time, this URL is
    /// `site_url`. Later starts keep the URL even on another port, because issued certificates contain it.
    pub(crate) fn publication_url_or(&self, site_url: &str) -> Result<PublicationUrl, StackError> {
        files::create(&self.publication_url_file(), site_url.as_bytes())?;
        self.publication_url()
    }

    fn publication_url_file(&self) -> PathBuf {
        self.path.join("publication-url")
    }
}

/// The components that the operators' tool uses while the stack is stopped.
impl Backend for DataFolder {
    async fn store(&self) -> Result<Store, BackendError> {
        Ok(database::open(&self.path, CallCounter::default()).await?)
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }

    fn entropy(&self) -> Arc<dyn Entropy> {
        Arc::new(SystemEntropy)
    }

    fn code_authenticator(&self) -> Result<Arc<dyn MessageAuthenticator>, BackendError> {
        Ok(Arc::new(SoftwareMac::open(&self.path.join(CODE_KEY))?))
    }

    async fn statement_signer(&self) -> Result<StatementSigner, BackendError> {
        let (signer, public_key) = self.signing_key(STATEMENT_KEY)?;
        Ok(StatementSigner { signer, public_key })
    }

    async fn ca_key(&self) -> Result<SigningKey, BackendError> {
        self.signing_key(CA_KEY)
    }

    async fn authority(&self) -> Result<CertificationAuthority, BackendError> {
        let file = self.ca_certificate();
        let certificate = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(CertificationAuthority::from_certificate(&certificate)?)
    }

    async fn ocsp_key(&self) -> Result<SigningKey, BackendError> {
        self.signing_key(OCSP_KEY)
    }

    fn objects(&self) -> Result<Arc<dyn ObjectStore>, BackendError> {
        Ok(self.object_store(PUBLISHED_OBJECTS))
    }

    fn state_objects(&self) -> Result<Arc<dyn ObjectStore>, BackendError> {
        Ok(self.object_store(STATE_OBJECTS))
    }

    fn publication(&self) -> Result<PublicationUrl, BackendError> {
        let url = self.publication_url();
        Ok(url.map_err(|error| {
            format!("{}: the local stack has not used this data folder yet: {error}", self.path.display())
        })?)
    }

    fn crl_shards(&self) -> Result<ShardCount, BackendError> {
        Ok(CRL_SHARDS.try_into()?)
    }
}

impl Drop for DataFolder {
    /// Unlocks the file explicitly. A child process may share the open file, and would keep the lock if this process
    /// only closed the file.
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}

/// Checks the layout version of the folder, and writes a version file into a new folder. Folders of version 1 have no
/// version file.
fn check_layout(path: &Path) -> Result<(), StackError> {
    let file = path.join("layout");
    if !path.join(DATABASE_FILE).try_exists()? {
        files::create(&file, LAYOUT.as_bytes())?;
    }
    let fits = file.try_exists()? && fs::read_to_string(&file)? == LAYOUT;
    if fits { Ok(()) } else { Err(StackError::OtherLayout(path.to_owned())) }
}
