//! Enrollment IDs, and the hashed database keys for identity checks and throttling.

use std::fmt;

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::certificate_code::CertificateCode;

/// An enrollment ID of 128 random bits. The ID reveals nothing about the subscriber.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnrollmentId([u8; 16]);

/// The error returned if a string is not a valid enrollment ID.
#[derive(Debug, thiserror::Error)]
#[error("not an enrollment id")]
pub struct EnrollmentIdError;

impl EnrollmentId {
    /// Creates an ID from 16 random bytes.
    pub fn from_random(octets: [u8; 16]) -> Self {
        Self(octets)
    }

    /// Returns the 16 bytes of the ID.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl TryFrom<String> for EnrollmentId {
    type Error = EnrollmentIdError;

    fn try_from(hex: String) -> Result<Self, EnrollmentIdError> {
        let octets = data_encoding::HEXLOWER.decode(hex.as_bytes()).map_err(|_| EnrollmentIdError)?;
        octets.try_into().map(Self).map_err(|_| EnrollmentIdError)
    }
}

impl From<EnrollmentId> for String {
    fn from(id: EnrollmentId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for EnrollmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for EnrollmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnrollmentId({self})")
    }
}

/// Returns the SHA-256 hash of `code` as stored in the application, in lower-case hexadecimal.
pub fn code_sha256(code: &CertificateCode) -> String {
    code_hash("certificate code", code)
}

/// Returns the SHA-256 hash of `code` for `purpose`, in lower-case hexadecimal.
pub(crate) fn code_hash(purpose: &str, code: &CertificateCode) -> String {
    hash(purpose, &[code.as_bytes()])
}

/// Returns the SHA-256 hash of `purpose` and all `parts`, each prefixed with its length. `purpose` provides domain
/// separation.
fn hash(purpose: &str, parts: &[&[u8]]) -> String {
    let mut context = Context::new(&SHA256);
    for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    data_encoding::HEXLOWER.encode(context.finish().as_ref())
}
