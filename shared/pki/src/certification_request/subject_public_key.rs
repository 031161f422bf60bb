//! The subscriber public keys that the CA certifies.

use std::fmt;

use num_bigint::BigUint;
use yasna::models::ObjectIdentifier;

use super::{CertificationRequestError, octets};

const EC_PUBLIC_KEY: &[u64] = &[1, 2, 840, 10045, 2, 1];
const P256: &[u64] = &[1, 2, 840, 10045, 3, 1, 7];
const P384: &[u64] = &[1, 3, 132, 0, 34];
const RSA_ENCRYPTION: &[u64] = &[1, 2, 840, 113549, 1, 1, 1];

/// The allowed modulus lengths of an RSA key, in bits. The length must also be a multiple of 8. S/MIME Baseline
/// Requirements §6.1.5 requires at least 2048 bits and a multiple of 8.
const RSA_BITS: std::ops::RangeInclusive<u64> = 2048..=4096;

/// A subscriber's public key. The SubjectPublicKeyInfo is stored exactly as the subscriber sent it.
#[derive(Clone)]
pub struct SubjectPublicKey {
    spki: Vec<u8>,
    subject_public_key: Vec<u8>,
    key: Key,
}

/// The kind of a public key, which determines the key usage extension of the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKeyKind {
    /// An elliptic curve key on P-256, for ECDSA and ECDH (RFC 5480 §2.1.1.1).
    P256,
    /// An elliptic curve key on P-384, for ECDSA and ECDH (RFC 5480 §2.1.1.1).
    P384,
    /// An RSA key of 2048 to 4096 bits, in steps of 8 (RFC 3279 §2.3.1).
    Rsa,
}

#[derive(Clone)]
pub(super) enum Key {
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    Rsa { modulus: BigUint, exponent: BigUint },
}

/// The supported key algorithms in a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
enum AlgorithmIdentifier {
    EcPublicKey(ObjectIdentifier),
    RsaEncryption,
}

impl SubjectPublicKey {
    /// Parses a DER-encoded SubjectPublicKeyInfo. This function does not verify that the subscriber possesses the
    /// private key; [`Self::from_certification_request`] does.
    ///
    /// # Errors
    ///
    /// Returns [`CertificationRequestError::UnsupportedKey`] or [`CertificationRequestError::PointNotOnCurve`].
    pub(crate) fn from_spki_der(spki: &[u8]) -> Result<Self, CertificationRequestError> {
        let (algorithm, subject_public_key) =
            read_spki(spki).map_err(|_| CertificationRequestError::UnsupportedKey)?;
        let key = match algorithm {
            AlgorithmIdentifier::EcPublicKey(curve) => ec_key(curve.components(), &subject_public_key)?,
            AlgorithmIdentifier::RsaEncryption => rsa_key(&subject_public_key)?,
        };
        Ok(Self { spki: spki.to_vec(), subject_public_key, key })
    }

    /// Returns the DER-encoded SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// Returns the SHA-256 hash of the DER-encoded SubjectPublicKeyInfo. [`CompromisedKeys`](super::CompromisedKeys)
    /// uses the same hash.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, &self.spki).as_ref());
        fingerprint
    }

    /// Returns the kind of the key, including its curve if it is an elliptic curve key.
    pub fn kind(&self) -> SubjectKeyKind {
        match self.key {
            Key::P256(_) => SubjectKeyKind::P256,
            Key::P384(_) => SubjectKeyKind::P384,
            Key::Rsa { .. } => SubjectKeyKind::Rsa,
        }
    }

    /// Returns the content of the subjectPublicKey BIT STRING (RFC 5280 §4.1.2.7).
    pub(crate) fn subject_public_key(&self) -> &[u8] {
        &self.subject_public_key
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }
}

impl PartialEq for SubjectPublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for SubjectPublicKey {}

impl fmt::Debug for SubjectPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fingerprint = data_encoding::HEXLOWER.encode(&self.fingerprint());
        write!(f, "SubjectPublicKey({:?}, {fingerprint})", self.kind())
    }
}

impl rcgen::PublicKeyData for SubjectPublicKey {
    fn der_bytes(&self) -> &[u8] {
        &self.subject_public_key
    }

    /// Returns the signature algorithm from which rcgen derives the AlgorithmIdentifier of the key.
    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        match self.key {
            Key::P256(_) => &rcgen::PKCS_ECDSA_P256_SHA256,
            Key::P384(_) => &rcgen::PKCS_ECDSA_P384_SHA384,
            Key::Rsa { .. } => &rcgen::PKCS_RSA_SHA256,
        }
    }
}

/// Parses the algorithm and the octets of the subjectPublicKey BIT STRING. The algorithm parameters must be NULL for
/// RSA (RFC 3279 §2.3.1) and a named curve for elliptic curve keys (RFC 5480 §2.1.1). Because rcgen writes the same
/// parameters, the SubjectPublicKeyInfo in the certificate is identical.
fn read_spki(spki: &[u8]) -> yasna::ASN1Result<(AlgorithmIdentifier, Vec<u8>)> {
    yasna::parse_der(spki, |reader| {
        reader.read_sequence(|reader| {
            let algorithm = reader.next().read_sequence(|reader| {
                let oid = reader.next().read_oid()?;
                match oid.components().as_slice() {
                    EC_PUBLIC_KEY => reader.next().read_oid().map(AlgorithmIdentifier::EcPublicKey),
                    RSA_ENCRYPTION => reader.next().read_null().map(|()| AlgorithmIdentifier::RsaEncryption),
                    _ => Err(yasna::ASN1Error::new(yasna::ASN1ErrorKind::Invalid)),
                }
            })?;
            Ok((algorithm, octets(reader.next())?))
        })
    })
}

/// Parses an uncompressed point (RFC 5480 §2.2) on the given curve.
fn ec_key(curve: &[u64], point: &[u8]) -> Result<Key, CertificationRequestError> {
    const UNCOMPRESSED: u8 = 4;
    if point.first() != Some(&UNCOMPRESSED) {
        return Err(CertificationRequestError::UnsupportedKey);
    }
    let key = match curve {
        P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map(Key::P256),
        P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(point).map(Key::P384),
        _ => return Err(CertificationRequestError::UnsupportedKey),
    };
    key.map_err(|_| CertificationRequestError::PointNotOnCurve)
}

/// Parses an RSAPublicKey (RFC 3279 §2.3.1).
fn rsa_key(subject_public_key: &[u8]) -> Result<Key, CertificationRequestError> {
    let integers = yasna::parse_der(subject_public_key, |reader| {
        reader.read_sequence(|reader| {
            Ok([reader.next().read_bigint_bytes()?, reader.next().read_bigint_bytes()?])
        })
    });
    match integers {
        Ok([(modulus, true), (exponent, true)]) => {
            let (modulus, exponent) = (BigUint::from_bytes_be(&modulus), BigUint::from_bytes_be(&exponent));
            if RSA_BITS.contains(&modulus.bits()) && modulus.bits().is_multiple_of(8) {
                Ok(Key::Rsa { modulus, exponent })
            } else {
                Err(CertificationRequestError::UnsupportedKey)
            }
        }
        _ => Err(CertificationRequestError::UnsupportedKey),
    }
}
