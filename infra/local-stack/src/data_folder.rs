//! The data folder: the places of its files, and the lock that restricts it to one process at a time.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use shared::{
    domain::{crl_scope::ShardCount, publication::PublicationUrl},
    store::Store,
};

use crate::{
    adapters::{DiskObjectStore, SoftwareSigner, files},
    database::{self, CallCounter, DATABASE_FILE},
    demo_ca::CRL_SHARDS,
    stack::StackError,
};

/// The data folder of a local stack, locked while this value exists. The stack opens it, or the operators' tool while
/// the stack does not run.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    lock: File,
}

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

    /// Opens the store.
    ///
    /// # Errors
    ///
    /// When the database cannot be opened.
    pub async fn store(&self) -> Result<Store, StackError> {
        database::open(&self.path, CallCounter::default()).await
    }

    /// Returns the CA's key. Creates it if it is missing.
    ///
    /// # Errors
    ///
    /// When its file cannot be read or created.
    pub fn ca_signer(&self) -> Result<Arc<SoftwareSigner>, StackError> {
        self.signer("ca-key.p8")
    }

    /// Returns the key of revocation statements. Creates it if it is missing.
    ///
    /// # Errors
    ///
    /// When its file cannot be read or created.
    pub fn statement_signer(&self) -> Result<Arc<SoftwareSigner>, StackError> {
        self.signer("statement-key.p8")
    }

    /// Returns the OCSP responder's key. Creates it if it is missing.
    ///
    /// # Errors
    ///
    /// When its file cannot be read or created.
    pub fn ocsp_signer(&self) -> Result<Arc<SoftwareSigner>, StackError> {
        self.signer("ocsp-key.p8")
    }

    fn signer(&self, file: &str) -> Result<Arc<SoftwareSigner>, StackError> {
        Ok(Arc::new(SoftwareSigner::open(&self.path.join(file))?))
    }

    /// Returns the object store of published CRLs.
    pub fn objects(&self) -> Arc<DiskObjectStore> {
        Arc::new(DiskObjectStore::new(self.path.join("objects")))
    }

    /// Returns the object store of the CRL segments and the audit log.
    pub fn state_objects(&self) -> Arc<DiskObjectStore> {
        Arc::new(DiskObjectStore::new(self.path.join("state")))
    }

    /// Returns the number of CRL shards for new certificates.
    ///
    /// # Errors
    ///
    /// Never, because the number is a constant of this crate.
    pub fn crl_shards(&self) -> Result<ShardCount, StackError> {
        Ok(CRL_SHARDS.try_into()?)
    }

    /// Returns the path of the CA's certificate, a PEM file.
    pub fn ca_certificate(&self) -> PathBuf {
        Self::ca_certificate_in(&self.path)
    }

    /// Returns the path of the CA's certificate in the data folder at `path`.
    pub fn ca_certificate_in(path: &Path) -> PathBuf {
        path.join("ca.pem")
    }

    /// Returns the URL below which the local CA publishes.
    ///
    /// # Errors
    ///
    /// When the stack was never started, so that there is no URL yet.
    pub fn publication_url(&self) -> Result<PublicationUrl, StackError> {
        Ok(fs::read_to_string(self.publication_url_file())?.parse()?)
    }

    /// Returns the URL below which the local CA publishes; at the first start it is `site_url`. Issued certificates
    /// contain this URL, so it does not change when a later start uses another port.
    pub(crate) fn publication_url_or(&self, site_url: &str) -> Result<PublicationUrl, StackError> {
        files::create(&self.publication_url_file(), site_url.as_bytes())?;
        self.publication_url()
    }

    fn publication_url_file(&self) -> PathBuf {
        self.path.join("publication-url")
    }
}

impl Drop for DataFolder {
    /// Unlocks the file explicitly. A child process that is being started shares the open file, so the lock would
    /// remain if only this process closed it.
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}

/// Checks the layout version. A new folder gets a file with this version; a folder of the first version has no such
/// file.
fn check_layout(path: &Path) -> Result<(), StackError> {
    let file = path.join("layout");
    if !path.join(DATABASE_FILE).try_exists()? {
        files::create(&file, LAYOUT.as_bytes())?;
    }
    let fits = file.try_exists()? && fs::read_to_string(&file)? == LAYOUT;
    if fits { Ok(()) } else { Err(StackError::OtherLayout(path.to_owned())) }
}
