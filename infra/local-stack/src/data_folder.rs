//! The folder that everything is in: what is where, and that one process at a time works on it.

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

/// The data folder of a local stack, locked for as long as this value lives: for the stack itself, or for an operator
/// while it does not run.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    lock: File,
}

/// Changes whenever the records of an older version cannot be used any more.
const LAYOUT: &str = "2\n";

impl DataFolder {
    /// The folder at `path`, made when there is none.
    ///
    /// # Errors
    ///
    /// [`StackError::InUse`] while another process works on it, [`StackError::OtherLayout`].
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

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The records.
    ///
    /// # Errors
    ///
    /// When the database cannot be opened.
    pub async fn store(&self) -> Result<Store, StackError> {
        database::open(&self.path, CallCounter::default()).await
    }

    /// The CA's key, made when there is none.
    ///
    /// # Errors
    ///
    /// When its file cannot be read or made.
    pub fn ca_signer(&self) -> Result<Arc<SoftwareSigner>, StackError> {
        self.signer("ca-key.p8")
    }

    /// The key of revocation statements, made when there is none.
    ///
    /// # Errors
    ///
    /// When its file cannot be read or made.
    pub fn statement_signer(&self) -> Result<Arc<SoftwareSigner>, StackError> {
        self.signer("statement-key.p8")
    }

    /// The OCSP responder's key, made when there is none.
    ///
    /// # Errors
    ///
    /// When its file cannot be read or made.
    pub fn ocsp_signer(&self) -> Result<Arc<SoftwareSigner>, StackError> {
        self.signer("ocsp-key.p8")
    }

    fn signer(&self, file: &str) -> Result<Arc<SoftwareSigner>, StackError> {
        Ok(Arc::new(SoftwareSigner::open(&self.path.join(file))?))
    }

    /// Where CRLs are published.
    pub fn objects(&self) -> Arc<DiskObjectStore> {
        Arc::new(DiskObjectStore::new(self.path.join("objects")))
    }

    /// Where the segments of CRLs and the audit log are kept.
    pub fn state_objects(&self) -> Arc<DiskObjectStore> {
        Arc::new(DiskObjectStore::new(self.path.join("state")))
    }

    /// How many CRL shards new certificates are spread over.
    ///
    /// # Errors
    ///
    /// Never: the number is one of this crate's.
    pub fn crl_shards(&self) -> Result<ShardCount, StackError> {
        Ok(CRL_SHARDS.try_into()?)
    }

    /// The file of the CA's certificate, in PEM.
    pub fn ca_certificate(&self) -> PathBuf {
        Self::ca_certificate_in(&self.path)
    }

    /// The file of the CA's certificate in the data folder at `path`.
    pub fn ca_certificate_in(path: &Path) -> PathBuf {
        path.join("ca.pem")
    }

    /// Where the local CA publishes.
    ///
    /// # Errors
    ///
    /// When the stack was never started, so that there is no such place yet.
    pub fn publication_url(&self) -> Result<PublicationUrl, StackError> {
        Ok(fs::read_to_string(self.publication_url_file())?.parse()?)
    }

    /// Where the local CA publishes: below `site_url` at the first start. Certificates that were issued name it, so it
    /// stays when a later start takes another port.
    pub(crate) fn publication_url_or(&self, site_url: &str) -> Result<PublicationUrl, StackError> {
        files::create(&self.publication_url_file(), site_url.as_bytes())?;
        self.publication_url()
    }

    fn publication_url_file(&self) -> PathBuf {
        self.path.join("publication-url")
    }
}

impl Drop for DataFolder {
    /// A child process that is just being started holds the file open, too; closing it here alone would leave it locked.
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}

/// A folder with records says in a file which layout they have; the first version's did not.
fn check_layout(path: &Path) -> Result<(), StackError> {
    let file = path.join("layout");
    if !path.join(DATABASE_FILE).try_exists()? {
        files::create(&file, LAYOUT.as_bytes())?;
    }
    let fits = file.try_exists()? && fs::read_to_string(&file)? == LAYOUT;
    if fits { Ok(()) } else { Err(StackError::OtherLayout(path.to_owned())) }
}
