//! The capabilities that the use cases ask of the world, one small trait each.
//!
//! The AWS adapters are in the crate `adapters`; the local stack and the tests bring their own.

use std::path::Path;

use async_trait::async_trait;

use domain::Timestamp;
use pki::SignatureAlgorithm;

/// What went wrong outside, for the log. The client only ever hears "temporarily unavailable".
#[derive(Debug, thiserror::Error)]
#[error("{service}: {message}")]
pub struct PortError {
    /// The service that failed, such as `kms`.
    pub service: &'static str,
    /// Its own words.
    pub message: String,
}

impl PortError {
    /// An error of `service` in the words of `cause` and its causes.
    pub fn new(service: &'static str, cause: &(dyn std::error::Error + 'static)) -> Self {
        let mut message = cause.to_string();
        let mut source = cause.source();
        while let Some(inner) = source {
            message.push_str(": ");
            message.push_str(&inner.to_string());
            source = inner.source();
        }
        Self { service, message }
    }
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// A cryptographically secure source of random bytes.
pub trait Entropy: Send + Sync {
    /// Fills `buffer` with random bytes.
    ///
    /// # Errors
    ///
    /// When the operating system has none to give.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), PortError>;
}

/// Signs digests with a private key that never leaves its keeper.
#[async_trait]
pub trait Signer: Send + Sync {
    /// The algorithm of the key.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// Signs a digest made with [`SignatureAlgorithm::digest`]. ECDSA signatures are DER
    /// (`Ecdsa-Sig-Value`, RFC 3279 §2.2.3), as X.509 and KMS have them.
    ///
    /// # Errors
    ///
    /// When the keeper of the key cannot be reached or refuses.
    async fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, PortError>;
}

/// Derives secrets with a MAC key that never leaves its keeper.
#[async_trait]
pub trait MessageAuthenticator: Send + Sync {
    /// HMAC-SHA-256 over `message`: the same message always gives the same 32 octets.
    ///
    /// # Errors
    ///
    /// When the keeper of the key cannot be reached or refuses.
    async fn mac(&self, message: &[u8]) -> Result<[u8; 32], PortError>;
}

/// A mail, ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The one recipient.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The plain-text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// Ties what is reported of this mail to the outbox row that it belongs to: it travels with the mail as the tag
    /// [`Mail::OUTBOX_ID_TAG`].
    pub outbox_id: String,
    /// Which of the application's certificate codes it brings, if it brings one; it travels with the mail as the tag
    /// [`Mail::SEND_NUMBER_TAG`].
    pub send_number: Option<u32>,
}

impl Mail {
    /// The name of the tag with [`Mail::outbox_id`].
    pub const OUTBOX_ID_TAG: &'static str = "outbox-id";
    /// The name of the tag with [`Mail::send_number`].
    pub const SEND_NUMBER_TAG: &'static str = "send-number";
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands `mail` over for delivery; `Ok` means that it was accepted, not that it arrived.
    ///
    /// # Errors
    ///
    /// When it was not accepted. The caller may try again; a mail may then arrive twice.
    async fn send(&self, mail: &Mail) -> Result<(), PortError>;
}

/// An object with the tag of its version.
pub struct Object {
    /// Changes with every write.
    pub etag: String,
    /// The content, of any size.
    pub body: Box<dyn ObjectBody>,
}

/// An object's content, piece by piece.
#[async_trait]
pub trait ObjectBody: Send {
    /// The next piece, some ten KiB; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the connection to the store breaks; what was read before is of no use then.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PortError>;
}

impl Object {
    /// The whole content in memory, for objects that are known to be small.
    ///
    /// # Errors
    ///
    /// As [`ObjectBody::next`].
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
    /// Its key.
    pub key: String,
    /// How many bytes it has.
    pub length: u64,
}

/// Content to be stored.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Bytes in memory.
    Bytes(&'a [u8]),
    /// A file from `offset` to its end. Nobody writes to it meanwhile.
    File {
        /// Its path.
        path: &'a Path,
        /// How many bytes at its beginning are left out.
        offset: u64,
    },
}

/// What must be true of the stored object for a write to happen (RFC 9110 §13.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precondition<'a> {
    /// There is no object under this key yet (`If-None-Match: *`).
    Absent,
    /// The object is still the version with this tag (`If-Match`).
    Unchanged(&'a str),
}

/// How a conditional write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutOutcome {
    /// The object is stored.
    Stored,
    /// The precondition did not hold; nothing was written.
    PreconditionFailed,
}

/// Stores objects: the CRLs that are published, and the segments that they are made of.
#[async_trait]
pub trait ObjectStore: Send + Sync {
    /// The object under `key`, if there is one.
    ///
    /// # Errors
    ///
    /// When the store cannot be reached.
    async fn read(&self, key: &str) -> Result<Option<Object>, PortError>;

    /// Every object whose key starts with `prefix`, which ends with a slash, in any order. Strongly consistent: an
    /// object that was stored before is in it, with at least the length that it had then.
    ///
    /// # Errors
    ///
    /// When the store cannot be reached.
    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, PortError>;

    /// Writes `content` under `key` if `precondition` holds, atomically.
    ///
    /// # Errors
    ///
    /// When the store cannot be reached; whether it was written is then unknown.
    async fn put(
        &self,
        key: &str,
        content: Content<'_>,
        content_type: &str,
        precondition: Precondition<'_>,
    ) -> Result<PutOutcome, PortError>;
}

/// A queue that brings each message to its reader at least once.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Adds `message`.
    ///
    /// # Errors
    ///
    /// When it cannot be reached; whether the message was added is then unknown.
    async fn send(&self, message: &str) -> Result<(), PortError>;
}
