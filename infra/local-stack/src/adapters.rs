//! Implements the [ports](shared::ports) by storing keys, objects and emails in local files.
//!
//! Stored data survives `kill -9` and power failures. Each call returns only after its file is complete and
//! synchronised.

pub(crate) mod files;

pub mod mac;
pub mod mailer;
pub mod objects;
pub mod signer;

pub use self::{
    files::KeyFileError,
    mac::SoftwareMac,
    mailer::{OutboxMailer, SentMail},
    objects::DiskObjectStore,
    signer::SoftwareSigner,
};

use std::sync::{Mutex, MutexGuard, PoisonError};

use shared::ports::PortError;

/// Runs blocking disk I/O on Tokio's threads for blocking tasks.
async fn blocking<T: Send + 'static>(
    service: &'static str,
    work: impl FnOnce() -> Result<T, PortError> + Send + 'static,
) -> Result<T, PortError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(PortError::new(service, &error)),
    }
}

/// Locks `mutex` even if a previous holder panicked, because the guarded files are always complete.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
pub(crate) mod test_support {
    use std::{
        fs,
        path::{Path, PathBuf},
        sync::atomic::{AtomicU32, Ordering},
    };

    /// A temporary folder, which is deleted when this value is dropped.
    pub(crate) struct Folder(PathBuf);

    impl Folder {
        pub(crate) fn new() -> Self {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path =
                std::env::temp_dir().join(format!("cert-reissue-local-{}-{number}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        pub(crate) fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}
