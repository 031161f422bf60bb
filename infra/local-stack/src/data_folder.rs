//! The data folder, the paths of its files, and the lock that restricts it to one process at a time.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use shared::{
    adapters::system::{SystemClock, SystemEntropy},
    domain::{crl_scope::ShardCount, publication::PublicationUrl},
    pki::CertificationAuthority,
    ports::{Clock, Entropy, ObjectStore},
    store::Store,
    use_cases::statements::StatementSigner,
    wiring::{Backend, BackendError, SigningKey},
};

use crate::{
    adapters::{DiskObjectStore, SoftwareSigner, files},
    database::{self, CallCounter, DATABASE_FILE},
    demo_ca::CRL_SHARDS,
    stack::StackError,
};

/// The data folder of a local stack, locked while this value exists. The stack opens the folder. The operators' tool
/// can open it while the stack does not run.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    lock: File,
}

/// The file with the CA's key.
pub(crate) const CA_KEY: &str = "ca-key.p8";
/// The file with the key that signs revocation statements.
pub(crate) const STATEMENT_KEY: &str = "statement-key.p8";
/// The file with the OCSP responder's key.
pub(crate) const OCSP_KEY: &str = "ocsp-key.p8";
/// The folder with the published CRLs.
pub(crate) const PUBLISHED_OBJECTS: &str = "objects";
/// The folder with the CRL segments and the audit log.
pub(crate) const STATE_OBJECTS: &str = "state";

/// The version of the data layout. It changes when the data of an older version becomes unusable.
const LAYOUT: &str = "2\n";

impl DataFolder {
    /// Opens and locks the folder at `path`. Creates it if it is missing.
    ///
    /// # Errors
    ///
    /// [`StackError::InUse`] if another process has locked it, or [`StackError::OtherLayout`].
    pub fn open(path: PathBuf) -> Result<Self, StackError> {
        fs::create_dir_all(&path)?;
        let lock = File::create(path.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(StackError::InUse(path)),
            Err(fs::TryLockError::Error(error)) => return Err(error.into()),
        }
        check_layout(&path)?;
        Ok(Self { path, lock })
    }

    /// Returns the path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the key in the file `name`, which is created if it is missing.
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

    /// Returns the path of the CA's certificate, a PEM file.
    pub fn ca_certificate(&self) -> PathBuf {
        Self::ca_certificate_in(&self.path)
    }

    /// Returns the path of the CA's certificate in the data folder at `path`.
    pub fn ca_certificate_in(path: &Path) -> PathBuf {
        path.join("ca.pem")
    }

    /// Returns the base URL of the local CA's publications. The first start of the stack writes it.
    fn publication_url(&self) -> Result<PublicationUrl, StackError> {
        Ok(fs::read_to_string(self.publication_url_file())?.parse()?)
    }

    /// Returns the base URL of the local CA's publications. At the first start, the URL is `site_url`. Issued
    /// certificates contain the URL, so it does not change when a later start uses another port.
    pub(crate) fn publication_url_or(&self, site_url: &str) -> Result<PublicationUrl, StackError> {
        files::create(&self.publication_url_file(), site_url.as_bytes())?;
        self.publication_url()
    }

    fn publication_url_file(&self) -> PathBuf {
        self.path.join("publication-url")
    }
}

/// The components for the operators' tool, which uses the folder while the stack does not run.
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
        Ok(url.map_err(|error| format!("{}: the local stack never ran here: {error}", self.path.display()))?)
    }

    fn crl_shards(&self) -> Result<ShardCount, BackendError> {
        Ok(CRL_SHARDS.try_into()?)
    }
}

impl Drop for DataFolder {
    /// Unlocks the file explicitly. A child process that is being started shares the open file. If this process only
    /// closed the file, the lock would remain.
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}

/// Checks the layout version. Writes a file with this version into a new folder. A folder of the first version has no
/// such file.
fn check_layout(path: &Path) -> Result<(), StackError> {
    let file = path.join("layout");
    if !path.join(DATABASE_FILE).try_exists()? {
        files::create(&file, LAYOUT.as_bytes())?;
    }
    let fits = file.try_exists()? && fs::read_to_string(&file)? == LAYOUT;
    if fits { Ok(()) } else { Err(StackError::OtherLayout(path.to_owned())) }
}
