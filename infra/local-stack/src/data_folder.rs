//! The data folder and its layout. A lock restricts the folder to one process at a time.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
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
    database::{self, CallCounter},
    database_file::{self, DATABASE_FILE},
    demo_ca::CRL_SHARDS,
    stack::StackError,
};

/// The data folder of a local stack. The folder is locked while this value exists, so the operators' tool can open it
/// only while the stack is stopped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    lock: File,
    /// True if a stack has served requests with this folder, or was about to.
    was_used: bool,
    /// True if this value has marked the database as open.
    has_open_database: AtomicBool,
}

pub(crate) const CA_KEY: &str = "ca-key.p8";
pub(crate) const STATEMENT_KEY: &str = "statement-key.p8";
pub(crate) const CODE_KEY: &str = "code-key";
pub(crate) const OCSP_KEY: &str = "ocsp-key.p8";
/// The folder with the published CRLs.
pub(crate) const PUBLISHED_OBJECTS: &str = "objects";
/// The folder with the CRL segments and the audit log.
pub(crate) const STATE_OBJECTS: &str = "state";

/// The folder with the sent emails.
pub(crate) const MAILS: &str = "mails";
/// The file with the records of the demonstration. The stack creates it after all keys.
pub(crate) const DEMONSTRATION: &str = "demo.jsonl";
const CA_CERTIFICATE: &str = "ca.pem";
const PUBLICATION_URL: &str = "publication-url";

/// The version of the folder's layout. It is incremented when older data becomes unusable.
const LAYOUT: &str = "4\n";

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
        let was_used = was_used(&path).map_err(unusable)?;
        Ok(Self { path, lock, was_used, has_open_database: AtomicBool::default() })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns true if a stack has served requests with this folder, or was about to. The folder then contains all
    /// keys.
    pub(crate) fn was_used(&self) -> bool {
        self.was_used
    }

    /// Checks and opens the database. Creates the database in a new folder.
    pub(crate) async fn database(&self, calls: CallCounter) -> Result<Store, StackError> {
        database_file::check(&self.path, !self.was_used)?;
        let store = database::open(&self.path, calls).await?;
        self.has_open_database.store(true, Ordering::SeqCst);
        database_file::mark_open(&self.path)?;
        Ok(store)
    }

    /// Returns the path of the file `name`, which is created only in a new folder. A new file would not match the other
    /// data of a used folder.
    fn permanent_file(&self, name: &str) -> Result<PathBuf, StackError> {
        let path = self.path.join(name);
        if self.was_used && !path.try_exists()? {
            return Err(StackError::MissingFile(path));
        }
        Ok(path)
    }

    /// Returns a signer with the key in the file `name`. Creates the file in a new folder.
    pub(crate) fn signer(&self, name: &str) -> Result<Arc<SoftwareSigner>, StackError> {
        Ok(Arc::new(SoftwareSigner::open(&self.permanent_file(name)?)?))
    }

    /// Returns the authenticator with the code key. Creates the key in a new folder.
    pub(crate) fn authenticator(&self) -> Result<Arc<SoftwareMac>, StackError> {
        Ok(Arc::new(SoftwareMac::open(&self.permanent_file(CODE_KEY)?)?))
    }

    /// Returns the path of the CA certificate, which must exist in a used folder.
    pub(crate) fn permanent_ca_certificate(&self) -> Result<PathBuf, StackError> {
        self.permanent_file(CA_CERTIFICATE)
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
        path.join(CA_CERTIFICATE)
    }

    /// Reads the base URL of CRLs, OCSP and the CA certificate from its file. The stack creates the file when it first
    /// starts.
    fn publication_url(&self) -> Result<PublicationUrl, StackError> {
        let path = self.path.join(PUBLICATION_URL);
        fs::read_to_string(&path)?.parse().map_err(|source| StackError::PublicationUrl { path, source })
    }

    /// Returns the base URL of CRLs, OCSP and the CA certificate. When the stack starts for the first time, this URL is
    /// `site_url`. Later starts keep the URL even on another port, because issued certificates contain it.
    pub(crate) fn publication_url_or(&self, site_url: &str) -> Result<PublicationUrl, StackError> {
        files::create(&self.permanent_file(PUBLICATION_URL)?, site_url.as_bytes())?;
        self.publication_url()
    }
}

/// The components that the operators' tool uses while the stack is stopped.
impl Backend for DataFolder {
    async fn store(&self) -> Result<Store, BackendError> {
        Ok(self.database(CallCounter::default()).await?)
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }

    fn entropy(&self) -> Arc<dyn Entropy> {
        Arc::new(SystemEntropy)
    }

    fn code_authenticator(&self) -> Result<Arc<dyn MessageAuthenticator>, BackendError> {
        Ok(self.authenticator()?)
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
    /// Marks the database as closed, and unlocks the file explicitly. A child process may share the open file, and
    /// would keep the lock if this process only closed the file.
    fn drop(&mut self) {
        if self.has_open_database.load(Ordering::SeqCst) {
            let _ = database_file::mark_closed(&self.path);
        }
        let _ = self.lock.unlock();
    }
}

/// Returns true if a stack has served requests with the folder at `path`, or was about to.
fn was_used(path: &Path) -> io::Result<bool> {
    if path.join(DEMONSTRATION).try_exists()? {
        return Ok(true);
    }
    for folder in [PUBLISHED_OBJECTS, STATE_OBJECTS, MAILS] {
        if contains_file(&path.join(folder))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn contains_file(folder: &Path) -> io::Result<bool> {
    if !folder.is_dir() {
        return Ok(false);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.is_dir() || contains_file(&path)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Checks the layout version of the folder, and writes a version file into a new folder. Folders of version 1 have no
/// version file.
fn check_layout(path: &Path) -> Result<(), StackError> {
    let file = path.join("layout");
    if !path.join(DATABASE_FILE).try_exists()? {
        files::create(&file, LAYOUT.as_bytes())?;
    }
    let fits = file.try_exists()? && fs::read_to_string(&file)? == LAYOUT;
    if fits { Ok(()) } else { Err(StackError::OtherLayout { path: path.to_owned(), file }) }
}
