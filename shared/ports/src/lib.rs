//! The external capabilities that the use cases require. Each capability is a small trait.
//!
//! The crate `adapters` implements them with AWS. The local stack and the tests have their own implementations.

use std::{error::Error, path::Path};

use async_trait::async_trait;

use domain::Timestamp;
use pki::SignatureAlgorithm;

/// A failure of an external service, for the log. The client receives only the message "temporarily unavailable".
#[derive(Debug, thiserror::Error)]
#[error("{service}: {message}")]
pub struct PortError {
    /// The service that failed, such as `kms`.
    pub service: &'static str,
    /// The service's error message.
    pub message: String,
}

impl PortError {
    /// Creates an error for `service` from the messages of `cause` and its sources.
    pub fn new(service: &'static str, cause: &(dyn Error + 'static)) -> Self {
        Self { service, message: with_causes(cause) }
    }
}

/// Returns the messages of `error` and its sources, for operators.
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
    /// Fails when the operating system provides no random bytes.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), PortError>;
}

/// Signs digests with a private key that never leaves the signer, such as KMS.
#[async_trait]
pub trait Signer: Send + Sync {
    /// Returns the algorithm of the key.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// Signs a digest that was computed with [`SignatureAlgorithm::digest`]. ECDSA signatures are encoded in DER
    /// (`Ecdsa-Sig-Value`, RFC 3279 §2.2.3), as in X.509 and KMS.
    ///
    /// # Errors
    ///
    /// Fails when the service that stores the key cannot be reached or rejects the request.
    async fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, PortError>;
}

/// Derives secrets with a MAC key that never leaves its service.
#[async_trait]
pub trait MessageAuthenticator: Send + Sync {
    /// Returns the HMAC-SHA-256 of `message`. The result for a given message is always the same.
    ///
    /// # Errors
    ///
    /// Fails when the service that stores the key cannot be reached or rejects the request.
    async fn mac(&self, message: &[u8]) -> Result<[u8; 32], PortError>;
}

/// An email, ready to send.
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
    /// The ID of the outbox row for this email. The email is sent with this ID in the tag [`Mail::OUTBOX_ID_TAG`], so
    /// delivery reports contain it.
    pub outbox_id: String,
    /// The number of the certificate code in the email; `None` if the email contains no code. The email is sent with
    /// this number in the tag [`Mail::SEND_NUMBER_TAG`].
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
    /// Submits `mail` for delivery. `Ok` means that the email was accepted for delivery, not that it was delivered.
    ///
    /// # Errors
    ///
    /// Fails when the email was not accepted. The caller may retry, and the email may then be delivered twice.
    async fn send(&self, mail: &Mail) -> Result<(), PortError>;
}

/// An object and the tag of its current version.
pub struct Object {
    /// The tag of the version. Every write changes the tag.
    pub etag: String,
    /// The content, of any size.
    pub body: Box<dyn ObjectBody>,
}

/// The content of an object, read in chunks.
#[async_trait]
pub trait ObjectBody: Send {
    /// Returns the next chunk, about ten KiB long; `None` at the end.
    ///
    /// # Errors
    ///
    /// Fails when the connection to the object store is lost. The caller must then discard the chunks that it has read.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PortError>;
}

impl Object {
    /// Reads the whole content into memory. Use this method only for objects that are known to be small.
    ///
    /// # Errors
    ///
    /// The errors of [`ObjectBody::next`].
    pub async fn collect(mut self) -> Result<Vec<u8>, PortError> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.body.next().await? {
            bytes.extend(piece);
        }
        Ok(bytes)
    }
}

/// An entry in a listing of objects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedObject {
    /// The key of the object.
    pub key: String,
    /// The length of the object in bytes.
    pub length: u64,
}

/// The content to write to an object.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Bytes in memory.
    Bytes(&'a [u8]),
    /// A file from `offset` to its end. No other process may write to the file during the upload.
    File {
        /// The path of the file.
        path: &'a Path,
        /// The number of bytes to skip at the beginning of the file.
        offset: u64,
    },
}

/// The condition that the stored object must satisfy for a write (RFC 9110 §13.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precondition<'a> {
    /// No object exists under the key (`If-None-Match: *`).
    Absent,
    /// The current version of the object has this tag (`If-Match`).
    Unchanged(&'a str),
}

/// The outcome of a conditional write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutOutcome {
    /// The object was stored.
    Stored,
    /// The precondition was false. Nothing was written.
    PreconditionFailed,
}

/// Stores objects: the published CRLs and the segments from which they are assembled.
#[async_trait]
pub trait ObjectStore: Send + Sync {
    /// Returns the object stored under `key`, if it exists.
    ///
    /// # Errors
    ///
    /// Fails when the object store cannot be reached.
    async fn read(&self, key: &str) -> Result<Option<Object>, PortError>;

    /// Lists all objects whose keys start with `prefix`, in any order. `prefix` ends with a slash. The listing is
    /// strongly consistent: it contains every object that was stored before the call, with at least its length at that
    /// time.
    ///
    /// # Errors
    ///
    /// Fails when the object store cannot be reached.
    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, PortError>;

    /// Writes `content` atomically under `key` if `precondition` is satisfied.
    ///
    /// # Errors
    ///
    /// Fails when the object store cannot be reached. In this case, the object may or may not have been written.
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
    /// Fails when the queue cannot be reached. In this case, the message may or may not have been added.
    async fn send(&self, message: &str) -> Result<(), PortError>;
}
