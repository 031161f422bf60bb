//! Stores objects in files, in place of S3.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use ring::digest::{Context, SHA256};
use shared::ports::{
    Content, ListedObject, Object, ObjectBody, ObjectStore, PortError, Precondition, PutOutcome,
};

use super::{blocking, files, lock};

/// The maximum number of octets that one read of an object body returns.
const PIECE: usize = 64 * 1024;

/// An object store with one file per object below a root folder. The ETag of an object is the SHA-256 of its content.
/// The content type is not stored, because the local gateway derives it from the path.
#[derive(Clone, Debug)]
pub struct DiskObjectStore {
    root: Arc<PathBuf>,
    /// The lock that a write holds while it checks its precondition and replaces the file.
    writes: Arc<Mutex<()>>,
}

impl DiskObjectStore {
    /// Creates a store for the folder `root`. The first write creates the folder. Only one process at a time may write
    /// to it.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: Arc::new(root.into()), writes: Arc::default() }
    }
}

#[async_trait]
impl ObjectStore for DiskObjectStore {
    async fn read(&self, key: &str) -> Result<Option<Object>, PortError> {
        let path = path_of(&self.root, key)?;
        blocking("objects", move || {
            let Some((file, etag)) = open(&path)? else { return Ok(None) };
            Ok(Some(Object { etag, body: Box::new(FileBody(Some(file))) }))
        })
        .await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, PortError> {
        let folder = path_of(&self.root, prefix.trim_end_matches('/'))?;
        let root = Arc::clone(&self.root);
        blocking("objects", move || {
            let mut listed = Vec::new();
            list(&root, &folder, &mut listed).map_err(failed)?;
            Ok(listed)
        })
        .await
    }

    async fn put(
        &self,
        key: &str,
        content: Content<'_>,
        _content_type: &str,
        precondition: Precondition<'_>,
    ) -> Result<PutOutcome, PortError> {
        let path = path_of(&self.root, key)?;
        let mut content: Box<dyn Read + Send> = match content {
            Content::Bytes(bytes) => Box::new(io::Cursor::new(bytes.to_vec())),
            Content::File { path, offset } => {
                let mut file = File::open(path).map_err(failed)?;
                file.seek(SeekFrom::Start(offset)).map_err(failed)?;
                Box::new(file)
            }
        };
        let expected = match precondition {
            Precondition::Absent => None,
            Precondition::Unchanged(etag) => Some(etag.to_owned()),
        };
        let writes = Arc::clone(&self.writes);
        blocking("objects", move || {
            let _guard = lock(&writes);
            if open(&path)?.map(|(_, etag)| etag) != expected {
                return Ok(PutOutcome::PreconditionFailed);
            }
            write(&path, &mut content).map_err(failed)?;
            Ok(PutOutcome::Stored)
        })
        .await
    }
}

/// The open file of an object, or `None` while a read is in progress. The content stays the same even if the object is
/// replaced during the reads.
struct FileBody(Option<File>);

#[async_trait]
impl ObjectBody for FileBody {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PortError> {
        let Some(mut file) = self.0.take() else { return Ok(None) };
        let (piece, file) = blocking("objects", move || {
            let mut piece = Vec::with_capacity(PIECE);
            (&mut file).take(PIECE as u64).read_to_end(&mut piece).map_err(failed)?;
            Ok((piece, file))
        })
        .await?;
        self.0 = Some(file);
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }
}

/// Returns the path of the file for the object `key`. A key consists of names separated by slashes. A name contains
/// letters, digits and `. _ -`, and does not start with a dot. These rules exclude temporary files and paths outside
/// `root`.
fn path_of(root: &Path, key: &str) -> Result<PathBuf, PortError> {
    let fits = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    if key.split('/').all(fits) {
        Ok(key.split('/').fold(root.to_owned(), |path, name| path.join(name)))
    } else {
        Err(PortError { service: "objects", message: "invalid object key".to_owned() })
    }
}

/// Opens the file and computes its ETag. The returned file is positioned at its beginning.
fn open(path: &Path) -> Result<Option<(File, String)>, PortError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let (mut context, mut piece) = (Context::new(&SHA256), vec![0; PIECE]);
    loop {
        match file.read(&mut piece).map_err(failed)? {
            0 => break,
            count => context.update(&piece[..count]),
        }
    }
    file.rewind().map_err(failed)?;
    Ok(Some((file, format!("\"{}\"", HEXLOWER.encode(context.finish().as_ref())))))
}

/// Adds every object below `folder` to `listed`. Skips temporary files, whose names start with a dot.
fn list(root: &Path, folder: &Path, listed: &mut Vec<ListedObject>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let is_temporary = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if path.is_dir() {
            list(root, &path, listed)?;
        } else if let (false, Ok(name)) = (is_temporary, path.strip_prefix(root)) {
            let names: Vec<_> = name.iter().map(|name| name.to_string_lossy()).collect();
            listed.push(ListedObject { key: names.join("/"), length: fs::metadata(&path)?.len() });
        }
    }
    Ok(())
}

fn write(path: &Path, content: impl Read) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    files::replace(path, content)
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
    async fn preconditions_are_enforced() {
        let folder = Folder::new();
        let store = DiskObjectStore::new(folder.path().join("objects"));
        assert!(store.read(KEY).await.unwrap().is_none());
        let put = async |content: &[u8], precondition: Precondition<'_>| {
            store.put(KEY, Content::Bytes(content), TYPE, precondition).await.unwrap()
        };
        let unknown = Precondition::Unchanged("\"0\"");
        assert_eq!(put(b"1", unknown).await, PutOutcome::PreconditionFailed);
        assert_eq!(put(b"1", Precondition::Absent).await, PutOutcome::Stored);
        assert_eq!(put(b"2", Precondition::Absent).await, PutOutcome::PreconditionFailed);

        let first = store.read(KEY).await.unwrap().unwrap();
        let etag = first.etag.clone();
        let unchanged = Precondition::Unchanged(&etag);
        assert_eq!(put(b"2", unchanged).await, PutOutcome::Stored);
        assert_eq!(put(b"3", unchanged).await, PutOutcome::PreconditionFailed);
        assert_eq!(first.collect().await.unwrap(), b"1", "what was opened stays");
        let after_restart = DiskObjectStore::new(folder.path().join("objects"));
        assert_eq!(after_restart.read(KEY).await.unwrap().unwrap().collect().await.unwrap(), b"2");
    }

    #[tokio::test]
    async fn objects_are_listed_by_prefix() {
        let folder = Folder::new();
        let store = DiskObjectStore::new(folder.path());
        assert_eq!(store.list("revoked/").await.unwrap(), []);
        let large = vec![7; 3 * PIECE + 1];
        for key in ["revoked/shard-1/2028-08", "revoked/unsharded/2028-08", "other/x"] {
            store.put(key, Content::Bytes(&large), TYPE, Precondition::Absent).await.unwrap();
        }
        let mut listed = store.list("revoked/").await.unwrap();
        listed.sort();
        let keys: Vec<_> = listed.iter().map(|object| (object.key.as_str(), object.length)).collect();
        let length = large.len() as u64;
        assert_eq!(keys, [("revoked/shard-1/2028-08", length), ("revoked/unsharded/2028-08", length)]);
        let read = store.read("revoked/shard-1/2028-08").await.unwrap().unwrap();
        assert_eq!(read.collect().await.unwrap(), large);
    }

    #[tokio::test]
    async fn exactly_one_of_many_concurrent_writers_succeeds() {
        let folder = Folder::new();
        let store = DiskObjectStore::new(folder.path());
        let mut writers = Vec::new();
        for number in 0..20_u8 {
            let store = store.clone();
            writers.push(tokio::spawn(async move {
                store.put(KEY, Content::Bytes(&[number]), TYPE, Precondition::Absent).await
            }));
        }
        let mut stored = 0;
        for writer in writers {
            stored += u32::from(writer.await.unwrap().unwrap() == PutOutcome::Stored);
        }
        assert_eq!(stored, 1);
    }

    #[tokio::test]
    async fn keys_outside_the_root_are_refused() {
        let folder = Folder::new();
        let store = DiskObjectStore::new(folder.path().join("objects"));
        for key in
            ["", "/", "../key", "crl/../../key", "/etc/passwd", "crl//x", "crl/", ".x", "a\\b", "a\0", "é"]
        {
            assert!(store.read(key).await.is_err(), "{key}");
            assert!(store.put(key, Content::Bytes(b""), TYPE, Precondition::Absent).await.is_err(), "{key}");
        }
    }
}
