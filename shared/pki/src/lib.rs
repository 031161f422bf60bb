//! Creates and parses certificates, CRLs (RFC 5280), OCSP responses (RFC 6960) and signed revocation statements (RFC
//! 7515).
//!
//! This crate performs no I/O and has no access to private keys. The keys are stored in AWS KMS or in the key file of
//! the local stack. Signed structures are therefore created in two steps. The *prepare* step returns a digest for the
//! signer. The *assemble* step verifies the signature and returns the signed structure.

#![warn(missing_docs)]

pub mod ca;
pub mod ca_certificate;
pub mod certificate;
mod certificate_lint;
pub mod certification_request;
pub mod crl;
pub mod crl_scope;
mod directory_string;
mod distinguished_name;
pub mod issuance;
pub mod lint;
pub mod ocsp;
mod pem;
pub mod pkcs7;
pub mod public_key;
pub mod publication;
pub mod revocation;
mod rfc822_name;
mod serial_number;
pub mod statement;
mod time;
pub mod to_be_signed;
mod validity;

#[cfg(test)]
mod test_support;

pub use self::{
    ca::{CaError, CertificationAuthority},
    certificate::{CertificateError, EndEntityCertificate},
    certificate_lint::LintError,
    certification_request::{CertificationRequestError, CompromisedKeys, SubjectPublicKey},
    crl::{CrlContents, CrlError, CrlFields, CrlReader, CrlSummary, EntryEncoder, TbsEnvelope},
    directory_string::{DirectoryString, DirectoryStringError},
    issuance::{
        CertificatePolicy, IssuanceError, IssuanceProfile, IssuanceRequest, OrganizationIdentifier,
        PreparedCertificate, SubjectName,
    },
    public_key::{BadSignature, PublicKey, PublicKeyError, SignatureAlgorithm},
    rfc822_name::{Rfc822Name, Rfc822NameError},
    serial_number::{SerialNumber, SerialNumberError},
    statement::{DetachedJws, PreparedStatement, StatementError, StatementType, canonical_json},
    time::{DAY, HOUR, MINUTE, TimeOutOfRange, Timestamp},
    to_be_signed::{RecordingKey, ToBeSigned},
    validity::{Validity, ValidityError},
};

use self::pem::{certificate_der, to_pem};

/// Returns the first 160 bits of the SHA-256 hash of a subjectPublicKey BIT STRING as the key identifier (RFC 7093 §2,
/// method 1).
fn key_identifier(subject_public_key: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, subject_public_key).as_ref()[..20].to_vec()
}
