//! Writes files atomically, so a file is always either complete or absent.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

/// The reason why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The key file cannot be read or created.
    #[error(
        "the key file {path} cannot be read or created; check the permissions of the file and its folder"
    )]
    Io { path: PathBuf, source: io::Error },
    /// The key file does not contain a key of the expected kind.
    #[error(
        "the key file {path} does not contain a key of the expected kind; restore it from a backup, or choose a new data \
         folder with --data"
    )]
    NotAKey { path: PathBuf },
    /// The operating system's random number generator failed.
    #[error("a key cannot be generated, because the random number generator failed")]
    NoEntropy,
}

/// Returns the content of the key file at `path`. If the file does not exist, creates it with the output of `generate`,
/// readable only by its owner. Processes that start at the same time get the same key.
pub(super) fn read_or_create_key(
    path: &Path,
    generate: impl FnOnce() -> Result<Vec<u8>, KeyFileError>,
) -> Result<Vec<u8>, KeyFileError> {
    let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        content => return content.map_err(failed),
    }
    create(path, &generate()?).map_err(failed)?;
    fs::read(path).map_err(failed)
}

/// Writes `content` to `path` and replaces an existing file.
pub(crate) fn replace(path: &Path, content: impl Read) -> io::Result<()> {
    let temporary = write_temporary(path, content)?;
    fs::rename(&temporary, path).or_else(|error| discard(&temporary, error))?;
    synchronise_parent(path)
}

/// Writes `bytes` to a new file at `path`, readable only by its owner. Returns false if the file already exists.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let temporary = write_temporary(path, bytes)?;
    // Unlike a rename, the creation of a hard link fails if the target exists.
    let created = match fs::hard_link(&temporary, path) {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
        Err(error) => return discard(&temporary, error),
    };
    fs::remove_file(&temporary)?;
    synchronise_parent(path)?;
    Ok(created)
}

/// Writes `content` to a temporary file in the folder of `path`, and synchronises it. The file has a unique name that
/// starts with a dot.
fn write_temporary(path: &Path, mut content: impl Read) -> io::Result<PathBuf> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut name = OsString::from(".");
    name.push(path.file_name().ok_or(ErrorKind::InvalidInput)?);
    let nanoseconds =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_nanos());
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    name.push(format!(".{}.{nanoseconds}.{count}.tmp", process::id()));
    let temporary = path.with_file_name(name);

    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    io::copy(&mut content, &mut file)
        .and_then(|_| file.sync_all())
        .or_else(|error| discard(&temporary, error))?;
    Ok(temporary)
}

/// Deletes the temporary files below `folder` that interrupted writes have left, and returns their paths. No other
/// process may write to the folder.
pub(crate) fn delete_temporary_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut deleted = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            deleted.extend(delete_temporary_files(&path)?);
        } else if kind.is_file() && is_temporary(&path) {
            fs::remove_file(&path)?;
            deleted.push(path);
        }
    }
    Ok(deleted)
}

/// Returns true if the name at the end of `path` is one that [`write_temporary`] creates.
fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with('.') && name.ends_with(".tmp"))
}

fn discard<T>(temporary: &Path, error: io::Error) -> io::Result<T> {
    // The caller needs the original error, so an error from this call is ignored.
    let _ = fs::remove_file(temporary);
    Err(error)
}

/// Synchronises the folder of `path`, so that its new directory entry survives a power failure.
fn synchronise_parent(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::test_support::Folder;

    #[test]
    fn a_key_is_created_once_and_is_readable_to_its_owner_only() {
        let folder = Folder::new();
        let path = folder.path().join("key");
        assert_eq!(read_or_create_key(&path, || Ok(b"first".to_vec())).unwrap(), b"first");
        assert_eq!(read_or_create_key(&path, || Ok(b"second".to_vec())).unwrap(), b"first");
        assert!(!create(&path, b"third").unwrap());
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        replace(&path, &b"fourth"[..]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"fourth");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing temporary is left");
    }

    #[test]
    fn only_temporary_files_are_deleted_in_all_folders() {
        let folder = Folder::new();
        let inner = folder.path().join("mails/2026");
        fs::create_dir_all(&inner).unwrap();
        let temporary =
            [write_temporary(&folder.path().join("key"), &b"1"[..]).unwrap(), inner.join(".x.1.2.3.tmp")];
        let kept = [folder.path().join("key.tmp"), inner.join(".hidden"), inner.join("00000001.json")];
        for file in temporary.iter().chain(&kept) {
            fs::write(file, b"content").unwrap();
        }
        let mut deleted = delete_temporary_files(folder.path()).unwrap();
        deleted.sort();
        let mut expected = temporary.to_vec();
        expected.sort();
        assert_eq!(deleted, expected);
        assert!(kept.iter().all(|file| file.exists()));
        assert!(delete_temporary_files(folder.path()).unwrap().is_empty());
    }

    #[test]
    fn an_unreadable_file_is_not_replaced_by_a_new_key() {
        let folder = Folder::new();
        let error = read_or_create_key(folder.path(), || Ok(Vec::new())).unwrap_err();
        assert!(matches!(error, KeyFileError::Io { .. }));
    }
}
