//! Verifies the proof of possession of the private key. The proof is the signature of the request, which is verified
//! with the public key in the request (RFC 2986 §3).
//!
//! The elliptic curve does not determine the hash function: openssl, for example, uses SHA-256 with P-384 by default.
//! This module therefore accepts SHA-256, SHA-384 and SHA-512 for every kind of key. ECDSA signatures are verified with
//! the `p256` and `p384` crates, because ring does not support ECDSA with SHA-512.

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use ring::{
    digest,
    signature::{
        RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters,
        UnparsedPublicKey,
    },
};
use yasna::models::ObjectIdentifier;

use super::{CertificationRequestError, Parts, SubjectPublicKey, skip, subject_public_key::Key};

enum SignatureScheme {
    /// ECDSA with the given hash function (RFC 5758 §3.2).
    Ecdsa(&'static digest::Algorithm),
    /// RSA with PKCS #1 v1.5 padding (RFC 4055 §5).
    RsaPkcs1(&'static RsaParameters),
}

/// Verifies the signature of the request with `key`.
pub(super) fn verify(key: &SubjectPublicKey, parts: &Parts) -> Result<(), CertificationRequestError> {
    let scheme = scheme(&parts.signature_algorithm).ok_or(CertificationRequestError::UnsupportedSignature)?;
    let (message, signature) = (&parts.certification_request_info, &parts.signature);
    let verified = match (key.key(), scheme) {
        (Key::P256(key), SignatureScheme::Ecdsa(hash)) => p256::ecdsa::Signature::from_der(signature)
            .and_then(|signature| key.verify_prehash(digest::digest(hash, message).as_ref(), &signature))
            .is_ok(),
        (Key::P384(key), SignatureScheme::Ecdsa(hash)) => p384::ecdsa::Signature::from_der(signature)
            .and_then(|signature| key.verify_prehash(digest::digest(hash, message).as_ref(), &signature))
            .is_ok(),
        (Key::Rsa { .. }, SignatureScheme::RsaPkcs1(parameters)) => {
            UnparsedPublicKey::new(parameters, key.subject_public_key()).verify(message, signature).is_ok()
        }
        _ => return Err(CertificationRequestError::UnsupportedSignature),
    };
    if verified { Ok(()) } else { Err(CertificationRequestError::BadSignature) }
}

/// Parses an AlgorithmIdentifier. Returns `None` if the algorithm is not supported. The parameters are ignored, because
/// these algorithms do not use any.
fn scheme(algorithm_identifier: &[u8]) -> Option<SignatureScheme> {
    let oid = yasna::parse_der(algorithm_identifier, |reader| {
        reader.read_sequence(|reader| {
            let oid: ObjectIdentifier = reader.next().read_oid()?;
            reader.read_optional(skip)?;
            Ok(oid)
        })
    });
    match oid.ok()?.components().as_slice() {
        [1, 2, 840, 10045, 4, 3, 2] => Some(SignatureScheme::Ecdsa(&digest::SHA256)),
        [1, 2, 840, 10045, 4, 3, 3] => Some(SignatureScheme::Ecdsa(&digest::SHA384)),
        [1, 2, 840, 10045, 4, 3, 4] => Some(SignatureScheme::Ecdsa(&digest::SHA512)),
        [1, 2, 840, 113549, 1, 1, 11] => Some(SignatureScheme::RsaPkcs1(&RSA_PKCS1_2048_8192_SHA256)),
        [1, 2, 840, 113549, 1, 1, 12] => Some(SignatureScheme::RsaPkcs1(&RSA_PKCS1_2048_8192_SHA384)),
        [1, 2, 840, 113549, 1, 1, 13] => Some(SignatureScheme::RsaPkcs1(&RSA_PKCS1_2048_8192_SHA512)),
        _ => None,
    }
}
