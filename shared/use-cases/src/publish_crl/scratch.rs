//! Scratch files for assembling CRLs that may be larger than the available memory.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
};

use ring::digest::{Context, Digest};
use tempfile::NamedTempFile;

use crate::refusal::Failure;
use pki::SignatureAlgorithm;
use ports::{Content, Object};

/// A temporary file that is deleted on drop. Async code can write small pieces to the file directly, because writes to
/// the page cache do not block.
pub(super) struct ScratchFile {
    file: NamedTempFile,
    /// The position of the content's first octet in the file.
    offset: u64,
    length: u64,
}

/// The number of octets reserved before the content for the identifier and length octets of a CertificateList. These
/// octets are known only after the content is complete.
const GAP: usize = 8;

impl ScratchFile {
    /// Creates an empty file in `folder`, with a gap before the content.
    pub(super) fn new(folder: &Path) -> Result<Self, Failure> {
        let mut file = NamedTempFile::new_in(folder).map_err(Failure::internal)?;
        file.write_all(&[0; GAP]).map_err(Failure::internal)?;
        Ok(Self { file, offset: GAP as u64, length: 0 })
    }

    /// Creates a file with the content of `object`.
    pub(super) async fn download(folder: &Path, mut object: Object) -> Result<Self, Failure> {
        let mut file = Self::new(folder)?;
        while let Some(piece) = object.body.next().await? {
            file.write(&piece)?;
        }
        Ok(file)
    }

    /// Appends `bytes` to the content.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(Failure::internal)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Inserts `bytes` at the beginning of the content.
    pub(super) fn prepend(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let no_room = || Failure::internal("not enough space before the content of the scratch file");
        let offset = self.offset.checked_sub(bytes.len() as u64).ok_or_else(no_room)?;
        let mut write = || {
            self.file.seek(SeekFrom::Start(offset))?;
            self.file.write_all(bytes)?;
            self.file.seek(SeekFrom::End(0))
        };
        write().map_err(Failure::internal)?;
        self.offset = offset;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Returns the length of the content in octets.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Opens the file at the beginning of the content. Each reader has an independent file position.
    pub(super) fn reader(&self) -> Result<File, Failure> {
        let mut file = self.file.reopen().map_err(Failure::internal)?;
        file.seek(SeekFrom::Start(self.offset)).map_err(Failure::internal)?;
        Ok(file)
    }

    /// Passes the content to `take`, piece by piece.
    pub(super) fn read(&self, mut take: impl FnMut(&[u8]) -> Result<(), Failure>) -> Result<(), Failure> {
        let (mut reader, mut piece) = (self.reader()?.take(self.length), vec![0; 64 * 1024]);
        loop {
            match reader.read(&mut piece).map_err(Failure::internal)? {
                0 => return Ok(()),
                length => take(&piece[..length])?,
            }
        }
    }

    /// Returns the content for an upload to an object store.
    pub(super) fn content(&self) -> Content<'_> {
        Content::File { path: self.file.path(), offset: self.offset }
    }

    /// Returns true if `object` has the same content.
    pub(super) async fn is_same(&self, mut object: Object) -> Result<bool, Failure> {
        let (mut file, mut own) = (self.reader()?, Vec::new());
        let mut left = self.length;
        while let Some(piece) = object.body.next().await? {
            own.resize(piece.len(), 0);
            if piece.len() as u64 > left {
                return Ok(false);
            }
            file.read_exact(&mut own).map_err(Failure::internal)?;
            if own != piece {
                return Ok(false);
            }
            left -= piece.len() as u64;
        }
        Ok(left == 0)
    }
}

/// A scratch file whose content is hashed while it is written.
pub(super) struct HashedFile {
    pub(super) file: ScratchFile,
    context: Context,
}

impl HashedFile {
    pub(super) fn new(folder: &Path, algorithm: SignatureAlgorithm) -> Result<Self, Failure> {
        let context = Context::new(algorithm.digest_algorithm());
        Ok(Self { file: ScratchFile::new(folder)?, context })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.context.update(bytes);
        self.file.write(bytes)
    }

    pub(super) fn finish(self) -> (ScratchFile, Digest) {
        (self.file, self.context.finish())
    }
}
