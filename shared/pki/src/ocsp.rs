//! Implements an OCSP responder (RFC 6960) with the lightweight profile (RFC 9919). This module parses requests and
//! creates responses, which an external signer signs with the key of a delegated responder.

mod request;
mod responder;
mod response;

pub use self::{
    request::{CertId, CertIdForm, MAXIMUM_REQUEST_LENGTH, MalformedRequest, OcspRequest},
    responder::{PreparedResponderCertificate, RESPONDER_VALIDITY, ResponderCertificate, ResponderError},
    response::{
        MINIMUM_VALIDITY, PreparedResponse, REFRESH_AFTER, ResponseError, SignedResponse, Unsuccessful,
        VALIDITY,
    },
};

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::PublicKey;

/// Returns the SHA-1 hash of the subjectPublicKey BIT STRING. The hash is the KeyHash in a ResponderID (RFC 6960
/// §4.2.1) and the subject key identifier of the responder's certificate (RFC 5280 §4.2.1.2, method 1). Neither purpose
/// requires collision resistance.
fn key_hash(key: &PublicKey) -> Vec<u8> {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, key.subject_public_key()).as_ref().to_vec()
}
