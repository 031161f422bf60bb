//! Public objects on disk, in the place of S3.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};
use shared::ports::{Object, ObjectStore, PortError, Precondition, PutOutcome};

use super::{blocking, files, lock};

/// Each object is a file under a root, its tag the SHA-256 of its content. The content type is not kept: the
/// local gateway knows it by the name.
#[derive(Clone, Debug)]
pub struct DiskObjectStore {
    root: Arc<PathBuf>,
    /// Held from the check of a precondition to the end of the write.
    writes: Arc<Mutex<()>>,
}

impl DiskObjectStore {
    /// The objects under the folder `root`, which is made when needed. One process at a time may write there.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: Arc::new(root.into()), writes: Arc::default() }
    }
}

#[async_trait]
impl ObjectStore for DiskObjectStore {
    async fn read(&self, key: &str) -> Result<Option<Object>, PortError> {
        let path = path_of(&self.root, key)?;
        blocking("objects", move || read(&path)).await
    }

    async fn put(
        &self,
        key: &str,
        bytes: &[u8],
        _content_type: &str,
        precondition: Precondition<'_>,
    ) -> Result<PutOutcome, PortError> {
        let path = path_of(&self.root, key)?;
        let bytes = bytes.to_vec();
        let expected = match precondition {
            Precondition::Absent => None,
            Precondition::Unchanged(etag) => Some(etag.to_owned()),
        };
        let writes = Arc::clone(&self.writes);
        blocking("objects", move || {
            let _guard = lock(&writes);
            if read(&path)?.map(|object| object.etag) != expected {
                return Ok(PutOutcome::PreconditionFailed);
            }
            write(&path, &bytes).map_err(failed)?;
            Ok(PutOutcome::Stored)
        })
        .await
    }
}

/// The file of the object under `key`: names of letters, digits and `. _ -` that do not start with a dot,
/// separated by slashes. Nothing else can leave the root or meet a temporary file.
fn path_of(root: &Path, key: &str) -> Result<PathBuf, PortError> {
    let fits = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    if key.split('/').all(fits) {
        Ok(key.split('/').fold(root.to_owned(), |path, name| path.join(name)))
    } else {
        Err(PortError { service: "objects", message: "not an object key".to_owned() })
    }
}

fn read(path: &Path) -> Result<Option<Object>, PortError> {
    match fs::read(path) {
        Ok(bytes) => {
            let etag = format!("\"{}\"", HEXLOWER.encode(digest(&SHA256, &bytes).as_ref()));
            Ok(Some(Object { bytes, etag }))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    files::replace(path, bytes)
}

fn failed(error: io::Error) -> PortError {
    PortError::new("objects", &error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::test_support::Folder;

    const KEY: &str = "crl/complete.crl";
    const TYPE: &str = "application/pkix-crl";

    #[tokio::test]
    async fn preconditions_are_kept() {
        let folder = Folder::new();
        let store = DiskObjectStore::new(folder.path().join("objects"));
        assert_eq!(store.read(KEY).await.unwrap(), None);
        let unknown = Precondition::Unchanged("\"0\"");
        assert_eq!(store.put(KEY, b"1", TYPE, unknown).await.unwrap(), PutOutcome::PreconditionFailed);
        assert_eq!(store.put(KEY, b"1", TYPE, Precondition::Absent).await.unwrap(), PutOutcome::Stored);
        assert_eq!(
            store.put(KEY, b"2", TYPE, Precondition::Absent).await.unwrap(),
            PutOutcome::PreconditionFailed
        );

        let first = store.read(KEY).await.unwrap().unwrap();
        assert_eq!(first.bytes, b"1");
        let unchanged = Precondition::Unchanged(&first.etag);
        assert_eq!(store.put(KEY, b"2", TYPE, unchanged).await.unwrap(), PutOutcome::Stored);
        assert_eq!(store.put(KEY, b"3", TYPE, unchanged).await.unwrap(), PutOutcome::PreconditionFailed);
        let after_restart = DiskObjectStore::new(folder.path().join("objects"));
        assert_eq!(after_restart.read(KEY).await.unwrap().unwrap().bytes, b"2");
    }

    #[tokio::test]
    async fn one_of_many_writers_wins() {
        let folder = Folder::new();
        let store = DiskObjectStore::new(folder.path());
        let mut writers = Vec::new();
        for number in 0..20_u8 {
            let store = store.clone();
            writers.push(tokio::spawn(
                async move { store.put(KEY, &[number], TYPE, Precondition::Absent).await },
            ));
        }
        let mut stored = 0;
        for writer in writers {
            stored += u32::from(writer.await.unwrap().unwrap() == PutOutcome::Stored);
        }
        assert_eq!(stored, 1);
    }

    #[tokio::test]
    async fn keys_stay_inside_the_root() {
        let folder = Folder::new();
        let store = DiskObjectStore::new(folder.path().join("objects"));
        for key in
            ["", "/", "../key", "crl/../../key", "/etc/passwd", "crl//x", "crl/", ".x", "a\\b", "a\0", "é"]
        {
            assert!(store.read(key).await.is_err(), "{key}");
            assert!(store.put(key, b"", TYPE, Precondition::Absent).await.is_err(), "{key}");
        }
    }
}
