//! Parses the public keys of this service and verifies signatures with them.

use data_encoding::BASE64URL_NOPAD;
use num_bigint::BigUint;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde_json::{Value, json};
use x509_parser::{
    oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_PKCS1_RSAENCRYPTION},
    prelude::FromDer,
    public_key::PublicKey as ParsedKey,
    x509::SubjectPublicKeyInfo,
};

use super::{pem, to_pem};

/// The PEM label of a SubjectPublicKeyInfo (RFC 7468 §13).
const PEM_LABEL: &str = "PUBLIC KEY";

/// The signature algorithms that this service uses for certificates, CRLs, OCSP responses and revocation statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// ECDSA with SHA-256 on P-256 (ecdsa-with-SHA256, RFC 5758 §3.2).
    EcdsaP256Sha256,
    /// ECDSA with SHA-384 on P-384 (ecdsa-with-SHA384, RFC 5758 §3.2).
    EcdsaP384Sha384,
    /// RSA with SHA-256 and PKCS #1 v1.5 padding (sha256WithRSAEncryption, RFC 4055 §5).
    RsaPkcs1Sha256,
}

impl SignatureAlgorithm {
    /// Hashes `message` with the hash function of this algorithm.
    pub fn digest(self, message: &[u8]) -> ring::digest::Digest {
        ring::digest::digest(self.digest_algorithm(), message)
    }

    /// Returns the hash function of this algorithm.
    pub fn digest_algorithm(self) -> &'static ring::digest::Algorithm {
        match self {
            Self::EcdsaP256Sha256 | Self::RsaPkcs1Sha256 => &ring::digest::SHA256,
            Self::EcdsaP384Sha384 => &ring::digest::SHA384,
        }
    }
}

/// A public key that is used with only one signature algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    spki: Vec<u8>,
    subject_public_key: Vec<u8>,
    algorithm: SignatureAlgorithm,
    jwk: JwkMembers,
}

/// The base64url-encoded members that the JWK of the key must contain (RFC 7518 §6.2.1, §6.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
enum JwkMembers {
    Ec { crv: &'static str, x: String, y: String },
    Rsa { n: String, e: String },
}

/// The error returned if a public key cannot be parsed or is not supported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// The input is not a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    #[error("not a SubjectPublicKeyInfo")]
    Malformed,
    /// The key is not a P-256 key, a P-384 key or an RSA key of 2048 to 8192 bits.
    #[error("the key is neither P-256, P-384 (uncompressed points) nor RSA of 2048 to 8192 bits")]
    Unsupported,
}

/// The error returned if a signature cannot be verified with the public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify under the public key")]
pub struct BadSignature;

impl PublicKey {
    /// Parses a DER-encoded SubjectPublicKeyInfo. Certificates and KMS responses contain public keys in this form.
    ///
    /// # Errors
    ///
    /// Returns [`PublicKeyError`] if the input is malformed or the key is not supported.
    pub fn from_spki_der(spki: &[u8]) -> Result<Self, PublicKeyError> {
        let (rest, info) = SubjectPublicKeyInfo::from_der(spki).map_err(|_| PublicKeyError::Malformed)?;
        if !rest.is_empty() {
            return Err(PublicKeyError::Malformed);
        }
        let key = info.parsed().map_err(|_| PublicKeyError::Malformed)?;
        let oid = &info.algorithm.algorithm;
        let (algorithm, jwk) = match key {
            ParsedKey::EC(point) if *oid == OID_KEY_TYPE_EC_PUBLIC_KEY => {
                let curve = info.algorithm.parameters.as_ref().and_then(|p| p.as_oid().ok());
                let curve = curve.ok_or(PublicKeyError::Unsupported)?;
                if curve == OID_EC_P256 {
                    (SignatureAlgorithm::EcdsaP256Sha256, ec_members("P-256", point.data(), 32)?)
                } else if curve == OID_NIST_EC_P384 {
                    (SignatureAlgorithm::EcdsaP384Sha384, ec_members("P-384", point.data(), 48)?)
                } else {
                    return Err(PublicKeyError::Unsupported);
                }
            }
            ParsedKey::RSA(rsa) if *oid == OID_PKCS1_RSAENCRYPTION => {
                let members =
                    JwkMembers::Rsa { n: base64url_uint(rsa.modulus), e: base64url_uint(rsa.exponent) };
                if !(2048..=8192).contains(&rsa.key_size()) {
                    return Err(PublicKeyError::Unsupported);
                }
                (SignatureAlgorithm::RsaPkcs1Sha256, members)
            }
            _ => return Err(PublicKeyError::Unsupported),
        };
        Ok(Self {
            spki: spki.to_vec(),
            subject_public_key: info.subject_public_key.data.to_vec(),
            algorithm,
            jwk,
        })
    }

    /// Parses a SubjectPublicKeyInfo in PEM (RFC 7468 §13) or DER.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Self::from_spki_der`].
    pub fn from_spki(input: &[u8]) -> Result<Self, PublicKeyError> {
        let der = pem::der_of(input, &[PEM_LABEL]).ok_or(PublicKeyError::Malformed)?;
        Self::from_spki_der(&der)
    }

    /// Returns the SubjectPublicKeyInfo in PEM (RFC 7468 §13).
    pub fn to_pem(&self) -> String {
        to_pem(PEM_LABEL, &self.spki)
    }

    /// Returns the SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7).
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// Returns the content of the subjectPublicKey BIT STRING (RFC 5280 §4.1.2.7).
    pub fn subject_public_key(&self) -> &[u8] {
        &self.subject_public_key
    }

    /// Returns this key's only signature algorithm.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Verifies `signature` over `message`. An ECDSA signature must be DER-encoded (RFC 3279 §2.2.3), as in X.509.
    ///
    /// # Errors
    ///
    /// Returns [`BadSignature`] if `signature` is not valid for this key.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let algorithm: &'static dyn VerificationAlgorithm = match self.algorithm {
            SignatureAlgorithm::EcdsaP256Sha256 => &ECDSA_P256_SHA256_ASN1,
            SignatureAlgorithm::EcdsaP384Sha384 => &ECDSA_P384_SHA384_ASN1,
            SignatureAlgorithm::RsaPkcs1Sha256 => &RSA_PKCS1_2048_8192_SHA256,
        };
        self.verify_as(algorithm, message, signature)
    }

    /// Verifies `signature` over a message whose digest is `digest`. The digest must be computed with
    /// [`SignatureAlgorithm::digest_algorithm`]. This function is for CRLs, which are never held in memory as a whole.
    /// [`Self::verify`] needs far fewer instructions, but ring hashes the message itself.
    ///
    /// # Errors
    ///
    /// Returns [`BadSignature`] if `signature` is not valid for this key.
    pub fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        if digest.len() != self.algorithm.digest_algorithm().output_len() {
            return Err(BadSignature);
        }
        match self.algorithm {
            SignatureAlgorithm::EcdsaP256Sha256 => {
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&self.subject_public_key);
                let signature = p256::ecdsa::Signature::from_der(signature);
                key.and_then(|key| key.verify_prehash(digest, &signature?)).map_err(|_| BadSignature)
            }
            SignatureAlgorithm::EcdsaP384Sha384 => {
                let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(&self.subject_public_key);
                let signature = p384::ecdsa::Signature::from_der(signature);
                key.and_then(|key| key.verify_prehash(digest, &signature?)).map_err(|_| BadSignature)
            }
            SignatureAlgorithm::RsaPkcs1Sha256 => {
                let (_, info) = SubjectPublicKeyInfo::from_der(&self.spki).map_err(|_| BadSignature)?;
                match info.parsed() {
                    Ok(ParsedKey::RSA(key)) => {
                        verify_pkcs1_sha256(key.modulus, key.exponent, digest, signature)
                    }
                    _ => Err(BadSignature),
                }
            }
        }
    }

    /// Verifies `signature` with the ring algorithm `algorithm`. JWS signatures use a fixed-width ECDSA encoding, for
    /// which ring has separate algorithms.
    pub(super) fn verify_as(
        &self,
        algorithm: &'static dyn VerificationAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        UnparsedPublicKey::new(algorithm, &self.subject_public_key)
            .verify(message, signature)
            .map_err(|_| BadSignature)
    }

    /// Returns the JWS `alg` value for signatures with this key (RFC 7518 §3.1).
    pub fn jws_algorithm(&self) -> &'static str {
        match self.algorithm {
            SignatureAlgorithm::EcdsaP256Sha256 => "ES256",
            SignatureAlgorithm::EcdsaP384Sha384 => "ES384",
            SignatureAlgorithm::RsaPkcs1Sha256 => "RS256",
        }
    }

    /// Returns the key as a JWK (RFC 7517 §4) for signature verification. The `kid` of the JWK is the
    /// [thumbprint](Self::thumbprint) of the key.
    pub fn to_jwk(&self) -> Value {
        let (alg, kid) = (self.jws_algorithm(), self.thumbprint());
        match &self.jwk {
            JwkMembers::Ec { crv, x, y } => {
                json!({ "alg": alg, "crv": crv, "kid": kid, "kty": "EC", "use": "sig", "x": x, "y": y })
            }
            JwkMembers::Rsa { n, e } => {
                json!({ "alg": alg, "e": e, "kid": kid, "kty": "RSA", "n": n, "use": "sig" })
            }
        }
    }

    /// Returns the JWK thumbprint (RFC 7638 §3), which is a base64url-encoded SHA-256 hash.
    pub fn thumbprint(&self) -> String {
        // The hash input contains only the required members, in lexicographic order and without whitespace (RFC 7638
        // §3.2, §3.3).
        let canonical = match &self.jwk {
            JwkMembers::Ec { crv, x, y } => format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#),
            JwkMembers::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
        };
        BASE64URL_NOPAD.encode(ring::digest::digest(&ring::digest::SHA256, canonical.as_bytes()).as_ref())
    }
}

/// Verifies an RSASSA-PKCS1-v1_5 signature with SHA-256 (RFC 8017 §8.2.2). The function constructs the expected
/// encoding and compares it as a whole, so it never parses an untrusted encoding. Constant-time arithmetic is not
/// required, because all inputs are public. The `rsa` crate is not used, because its released version has a security
/// advisory (RUSTSEC-2023-0071) and no other function would need it.
fn verify_pkcs1_sha256(
    modulus: &[u8],
    exponent: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<(), BadSignature> {
    /// The octets of a SHA-256 DigestInfo before the digest (RFC 8017 §9.2, note 1).
    const DIGEST_INFO: [u8; 19] = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
        0x04, 0x20,
    ];
    let modulus = BigUint::from_bytes_be(modulus);
    let length = usize::try_from(modulus.bits().div_ceil(8)).map_err(|_| BadSignature)?;
    let representative = BigUint::from_bytes_be(signature);
    if signature.len() != length || representative >= modulus {
        return Err(BadSignature);
    }
    let padding = length.checked_sub(3 + DIGEST_INFO.len() + digest.len()).ok_or(BadSignature)?;
    let mut encoded = vec![0, 1];
    encoded.resize(2 + padding, 0xff);
    encoded.push(0);
    encoded.extend_from_slice(&DIGEST_INFO);
    encoded.extend_from_slice(digest);
    let opened = representative.modpow(&BigUint::from_bytes_be(exponent), &modulus);
    if opened == BigUint::from_bytes_be(&encoded) { Ok(()) } else { Err(BadSignature) }
}

/// Parses an uncompressed point (RFC 5480 §2.2) whose two coordinates are `width` octets each.
fn ec_members(crv: &'static str, point: &[u8], width: usize) -> Result<JwkMembers, PublicKeyError> {
    const UNCOMPRESSED: u8 = 4;
    match point.split_first() {
        Some((&UNCOMPRESSED, coordinates)) if coordinates.len() == 2 * width => {
            let (x, y) = coordinates.split_at(width);
            Ok(JwkMembers::Ec { crv, x: BASE64URL_NOPAD.encode(x), y: BASE64URL_NOPAD.encode(y) })
        }
        _ => Err(PublicKeyError::Unsupported),
    }
}

/// Encodes a big-endian integer as Base64urlUInt (RFC 7518 §2), without leading zero octets.
fn base64url_uint(integer: &[u8]) -> String {
    let zeros = integer.iter().take_while(|octet| **octet == 0).count();
    BASE64URL_NOPAD.encode(&integer[zeros..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{KeyKind, TestCa};

    /// RFC 7638 §3.1 contains an example of an RSA key and its thumbprint.
    #[test]
    fn the_thumbprint_matches_the_example_of_rfc_7638() {
        const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_\
                         BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0\
                         _FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWh\
                         AI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let modulus = BASE64URL_NOPAD.decode(N.as_bytes()).unwrap();
        let spki = yasna::construct_der(|writer| {
            writer.write_sequence(|writer| {
                writer.next().write_sequence(|writer| {
                    writer.next().write_oid(&yasna::models::ObjectIdentifier::from_slice(&[
                        1, 2, 840, 113549, 1, 1, 1,
                    ]));
                    writer.next().write_null();
                });
                let key = yasna::construct_der(|writer| {
                    writer.write_sequence(|writer| {
                        writer.next().write_bigint_bytes(&modulus, true);
                        writer.next().write_u32(65537);
                    });
                });
                writer.next().write_bitvec_bytes(&key, key.len() * 8);
            });
        });
        let key = PublicKey::from_spki_der(&spki).unwrap();
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        assert_eq!(key.to_jwk()["n"], N);
        assert_eq!(key.to_jwk()["e"], "AQAB");
    }

    #[test]
    fn pem_and_der_contain_the_same_key() {
        let ca = TestCa::new(KeyKind::P384);
        let key = ca.authority.public_key();
        assert_eq!(PublicKey::from_spki(key.to_pem().as_bytes()).as_ref(), Ok(key));
        assert_eq!(PublicKey::from_spki(key.spki_der()).as_ref(), Ok(key));
        let certificate = ca.authority.certificate_pem();
        assert_eq!(PublicKey::from_spki(certificate.as_bytes()), Err(PublicKeyError::Malformed));
    }

    #[test]
    fn unsupported_and_malformed_keys_are_refused() {
        let ed25519 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        let spki = rcgen::PublicKeyData::subject_public_key_info(&ed25519);
        assert!(matches!(PublicKey::from_spki_der(&spki), Err(PublicKeyError::Unsupported)));
        assert_eq!(PublicKey::from_spki_der(b"\x30\x03abc"), Err(PublicKeyError::Malformed));

        let p256 = rcgen::KeyPair::generate().unwrap();
        let mut spki = rcgen::PublicKeyData::subject_public_key_info(&p256);
        assert_eq!(PublicKey::from_spki_der(&spki).unwrap().algorithm(), SignatureAlgorithm::EcdsaP256Sha256);
        spki.push(0);
        assert_eq!(PublicKey::from_spki_der(&spki), Err(PublicKeyError::Malformed));
    }

    /// ring verifies messages, and RustCrypto and num-bigint verify digests.
    #[test]
    fn both_implementations_accept_the_same_signatures() {
        for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa] {
            let ca = TestCa::new(kind);
            let key = ca.authority.public_key();
            let verify = |message: &[u8], signature: &[u8]| {
                let digest = key.algorithm().digest(message);
                let of_digest = key.verify_digest(digest.as_ref(), signature);
                assert_eq!(key.verify(message, signature), of_digest);
                of_digest
            };
            let digest = key.algorithm().digest(b"message");
            let signature = ca.sign(digest.as_ref());
            assert_eq!(verify(b"message", &signature), Ok(()));
            assert_eq!(verify(b"another", &signature), Err(BadSignature));
            assert_eq!(key.verify_digest(&digest.as_ref()[1..], &signature), Err(BadSignature));
            for position in [0, 4, signature.len() / 2, signature.len() - 1] {
                let mut altered = signature.clone();
                altered[position] ^= 1;
                assert_eq!(verify(b"message", &altered), Err(BadSignature));
            }
            for malformed in [&signature[1..], &[&[0], &signature[..]].concat(), &[0xff; 256], b""] {
                assert_eq!(verify(b"message", malformed), Err(BadSignature));
            }
        }
    }
}
