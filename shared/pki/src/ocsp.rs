//! OCSP (RFC 6960) in its lightweight profile (RFC 9919): requests are read; responses are prepared, signed elsewhere
//! and assembled. The responder that signs them has its own certificate.

mod request;
mod responder;
mod response;

pub use self::{
    request::{CertId, MAXIMUM_CERT_IDS, MAXIMUM_REQUEST_LENGTH, MalformedRequest, OcspRequest},
    responder::{PreparedResponderCertificate, RESPONDER_VALIDITY, ResponderCertificate, ResponderError},
    response::{MINIMUM_VALIDITY, PreparedResponse, ResponseError, SignedResponse, Unsuccessful, VALIDITY},
};

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::PublicKey;

/// Returns the SHA-1 of the key's subjectPublicKey: the KeyHash of a ResponderID (RFC 6960 §4.2.1), and the subject key
/// identifier by method 1 of RFC 5280 §4.2.1.2. Nothing here depends on the collision resistance of SHA-1.
fn key_hash(key: &PublicKey) -> Vec<u8> {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, key.subject_public_key()).as_ref().to_vec()
}
