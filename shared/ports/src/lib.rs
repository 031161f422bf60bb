//! The external capabilities that the use cases need, one small trait each.
//!
//! The AWS adapters are in the crate `adapters`. The local stack and the tests have their own.

use std::{error::Error, path::Path};

use async_trait::async_trait;

use domain::Timestamp;
use pki::SignatureAlgorithm;

/// A failure of an external service, for the log. The client only sees the message "temporarily unavailable".
#[derive(Debug, thiserror::Error)]
#[error("{service}: {message}")]
pub struct PortError {
    /// The service that failed, such as `kms`.
    pub service: &'static str,
    /// The service's error message.
    pub message: String,
}

impl PortError {
    /// Creates an error of `service` whose message is that of `cause` and of its sources.
    pub fn new(service: &'static str, cause: &(dyn Error + 'static)) -> Self {
        Self { service, message: with_causes(cause) }
    }
}

/// Returns the message of `error` and those of its causes, for operators.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        // Some errors repeat the message of their cause.
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

    /// Signs a digest made with [`SignatureAlgorithm::digest`]. ECDSA signatures are DER (`Ecdsa-Sig-Value`, RFC 3279
    /// §2.2.3), as in X.509 and KMS.
    ///
    /// # Errors
    ///
    /// Fails when the service that holds the key cannot be reached or refuses.
    async fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, PortError>;
}

/// Derives secrets with a MAC key that never leaves the service that holds it.
#[async_trait]
pub trait MessageAuthenticator: Send + Sync {
    /// Returns the HMAC-SHA-256 of `message`. The same message always gives the same 32 octets.
    ///
    /// # Errors
    ///
    /// Fails when the service that holds the key cannot be reached or refuses.
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
    /// The id of the outbox row of this email. It is sent with the email as the tag [`Mail::OUTBOX_ID_TAG`], so that
    /// delivery reports name it.
    pub outbox_id: String,
    /// The number of the certificate code in the email; `None` if it contains no code. It is sent with the email as the
    /// tag [`Mail::SEND_NUMBER_TAG`].
    pub send_number: Option<u32>,
}

impl Mail {
    /// The name of the tag with [`Mail::outbox_id`].
    pub const OUTBOX_ID_TAG: &'static str = "outbox-id";
    /// The name of the tag with [`Mail::send_number`].
    pub const SEND_NUMBER_TAG: &'static str = "send-number";
}

/// Sends emails.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands `mail` over for delivery. `Ok` means that it was accepted, not that it was delivered.
    ///
    /// # Errors
    ///
    /// Fails when the email was not accepted. The caller may retry; the email may then be delivered twice.
    async fn send(&self, mail: &Mail) -> Result<(), PortError>;
}

/// An object and the tag of its version.
pub struct Object {
    /// The version's tag, which changes with every write.
    pub etag: String,
    /// The content, of any size.
    pub body: Box<dyn ObjectBody>,
}

/// The content of an object, in pieces.
#[async_trait]
pub trait ObjectBody: Send {
    /// Returns the next piece, of about ten KiB; `None` at the end.
    ///
    /// # Errors
    ///
    /// Fails when the connection to the object store breaks. The pieces that were read before must then be discarded.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PortError>;
}

impl Object {
    /// Reads the whole content into memory. Only for objects that are known to be small.
    ///
    /// # Errors
    ///
    /// Those of [`ObjectBody::next`].
    pub async fn collect(mut self) -> Result<Vec<u8>, PortError> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.body.next().await? {
            bytes.extend(piece);
        }
        Ok(bytes)
    }
}

/// An object in a list of objects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedObject {
    /// The object's key.
    pub key: String,
    /// The object's length in bytes.
    pub length: u64,
}

/// The content of an object to be stored.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Bytes in memory.
    Bytes(&'a [u8]),
    /// A file from `offset` to its end. No other process may write to it meanwhile.
    File {
        /// The file's path.
        path: &'a Path,
        /// The number of bytes at its beginning to skip.
        offset: u64,
    },
}

/// The condition on the stored object under which a write happens (RFC 9110 §13.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precondition<'a> {
    /// No object exists under this key (`If-None-Match: *`).
    Absent,
    /// The object still has this tag (`If-Match`).
    Unchanged(&'a str),
}

/// The outcome of a conditional write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutOutcome {
    /// The object is stored.
    Stored,
    /// The precondition did not hold. Nothing was written.
    PreconditionFailed,
}

/// Stores objects: the published CRLs, and the segments from which they are made.
#[async_trait]
pub trait ObjectStore: Send + Sync {
    /// Returns the object under `key`, if there is one.
    ///
    /// # Errors
    ///
    /// Fails when the object store cannot be reached.
    async fn read(&self, key: &str) -> Result<Option<Object>, PortError>;

    /// Lists every object whose key starts with `prefix`, which ends with a slash, in any order. The list is strongly
    /// consistent: it contains every object that was stored before, with at least its length at that time.
    ///
    /// # Errors
    ///
    /// Fails when the object store cannot be reached.
    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, PortError>;

    /// Writes `content` under `key` atomically, if `precondition` holds.
    ///
    /// # Errors
    ///
    /// Fails when the object store cannot be reached. The object may or may not have been written then.
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
    /// Adds `message`.
    ///
    /// # Errors
    ///
    /// Fails when the queue cannot be reached. The message may or may not have been added then.
    async fn send(&self, message: &str) -> Result<(), PortError>;
}
