//! The external capabilities that the use cases require, each defined as a small trait.
//!
//! The `adapters` crate implements the traits with AWS services. The local stack and the tests provide other
//! implementations.

use std::{error::Error, path::Path};

use async_trait::async_trait;

use domain::Timestamp;
use pki::SignatureAlgorithm;

/// A failure of an external service. The error message is written to the log, and the client receives only a generic
/// message.
#[derive(Debug, thiserror::Error)]
#[error("{service}: {message}")]
pub struct PortError {
    /// The service that failed, such as `kms`.
    pub service: &'static str,
    /// The service's error message.
    pub message: String,
}

impl PortError {
    /// Creates an error with the messages of `cause` and its sources.
    pub fn new(service: &'static str, cause: &(dyn Error + 'static)) -> Self {
        Self { service, message: with_causes(cause) }
    }
}

/// Returns the messages of `error` and its sources, separated by colons.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        // Some errors already contain the message of their source.
        if !message.ends_with(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = inner.source();
    }
    message
}

/// A source of the current time.
pub trait Clock: Send + Sync {
    /// Returns the current time.
    fn now(&self) -> Timestamp;
}

/// A cryptographically secure source of random bytes.
pub trait Entropy: Send + Sync {
    /// Fills `buffer` with random bytes.
    ///
    /// # Errors
    ///
    /// Returns an error if the operating system cannot provide random bytes.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), PortError>;
}

/// Signs digests with a private key that never leaves the key service, such as KMS.
#[async_trait]
pub trait Signer: Send + Sync {
    /// Returns the key's signature algorithm.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// Signs a digest that was computed with [`SignatureAlgorithm::digest`]. ECDSA signatures are DER-encoded
    /// (`Ecdsa-Sig-Value`, RFC 3279 §2.2.3), as in X.509 and KMS.
    ///
    /// # Errors
    ///
    /// Returns an error if the key service cannot be reached or rejects the request.
    async fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, PortError>;
}

/// Derives secrets with a MAC key that never leaves the key service.
#[async_trait]
pub trait MessageAuthenticator: Send + Sync {
    /// Returns the HMAC-SHA-256 of `message`. The same message always yields the same result.
    ///
    /// # Errors
    ///
    /// Returns an error if the key service cannot be reached or rejects the request.
    async fn mac(&self, message: &[u8]) -> Result<[u8; 32], PortError>;
}

/// An email that is ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The only recipient.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The plain-text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The ID of the email's outbox row. Emails are tagged with this ID ([`Mail::OUTBOX_ID_TAG`]), so that delivery
    /// reports contain the ID.
    pub outbox_id: String,
    /// The number of the certificate code in the email; `None` if the email contains no code. Emails with a code are
    /// tagged with this number ([`Mail::SEND_NUMBER_TAG`]).
    pub send_number: Option<u32>,
}

impl Mail {
    /// The name of the tag that contains [`Mail::outbox_id`].
    pub const OUTBOX_ID_TAG: &'static str = "outbox-id";
    /// The name of the tag that contains [`Mail::send_number`].
    pub const SEND_NUMBER_TAG: &'static str = "send-number";
}

/// Sends emails.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Submits `mail` for delivery. `Ok` means that the email service accepted the email, not that the email was
    /// delivered.
    ///
    /// # Errors
    ///
    /// Returns an error if the email service did not confirm that it accepted the email. The caller may retry, but a
    /// retry can deliver the email twice.
    async fn send(&self, mail: &Mail) -> Result<(), PortError>;
}

/// A stored object and its version tag.
pub struct Object {
    /// The version tag, which changes with every write.
    pub etag: String,
    /// The content, which can have any size.
    pub body: Box<dyn ObjectBody>,
}

/// The content of an object, which is read in chunks.
#[async_trait]
pub trait ObjectBody: Send {
    /// Returns the next chunk of about ten KiB, or `None` at the end.
    ///
    /// # Errors
    ///
    /// Returns an error if the connection to the object store is lost. The caller must then discard all chunks that it
    /// has read.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PortError>;
}

impl Object {
    /// Reads the entire content into memory. Use this method only for objects that are known to be small.
    ///
    /// # Errors
    ///
    /// Returns an error if [`ObjectBody::next`] fails.
    pub async fn collect(mut self) -> Result<Vec<u8>, PortError> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.body.next().await? {
            bytes.extend(piece);
        }
        Ok(bytes)
    }
}

/// An entry in an object listing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedObject {
    pub key: String,
    /// The length in bytes.
    pub length: u64,
}

/// The content to write to an object.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Bytes in memory.
    Bytes(&'a [u8]),
    /// The content of a file from `offset` to the end. The file must not be modified during the upload.
    File {
        path: &'a Path,
        /// The number of bytes to skip at the beginning of the file.
        offset: u64,
    },
}

/// A precondition for a write (RFC 9110 §13.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precondition<'a> {
    /// No object exists under the key (`If-None-Match: *`).
    Absent,
    /// The stored object has this version tag (`If-Match`).
    Unchanged(&'a str),
}

/// The outcome of a conditional write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutOutcome {
    /// The object was stored.
    Stored,
    /// The precondition was not met, and nothing was written.
    PreconditionFailed,
}

/// Stores objects, such as published CRLs, CRL segments and audit logs.
#[async_trait]
pub trait ObjectStore: Send + Sync {
    /// Returns the object stored under `key`, if it exists.
    ///
    /// # Errors
    ///
    /// Returns an error if the object store cannot be reached.
    async fn read(&self, key: &str) -> Result<Option<Object>, PortError>;

    /// Lists all objects whose keys start with `prefix`, in any order. The `prefix` must end with a slash. The listing
    /// is strongly consistent and contains every object that was stored before the call. Each listed length is at least
    /// the object's length at the time of the call.
    ///
    /// # Errors
    ///
    /// Returns an error if the object store cannot be reached.
    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, PortError>;

    /// Atomically writes `content` under `key` if `precondition` is met.
    ///
    /// # Errors
    ///
    /// Returns an error if the object store cannot be reached. If the call returns an error, the object may or may not
    /// have been written.
    async fn put(
        &self,
        key: &str,
        content: Content<'_>,
        content_type: &str,
        precondition: Precondition<'_>,
    ) -> Result<PutOutcome, PortError>;
}

/// A queue that delivers each message at least once.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Adds `message` to the queue.
    ///
    /// # Errors
    ///
    /// Returns an error if the queue cannot be reached. If the call returns an error, the message may or may not have
    /// been added.
    async fn send(&self, message: &str) -> Result<(), PortError>;
}
