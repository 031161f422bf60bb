//! Parses certification requests (PKCS #10, RFC 2986), in which subscribers send their public keys.
//!
//! Only the public key in a request is used. Other fields, such as the subject and the requested extensions, are
//! ignored. The remaining fields of a certificate come from the registration authority's records.

mod compromised_keys;
mod proof_of_possession;
mod subject_public_key;
mod weakness;

#[cfg(test)]
mod tests;

use yasna::{ASN1Error, ASN1ErrorKind, ASN1Result, BERReader};

use crate::pem;

pub use self::{
    compromised_keys::{CompromisedKeys, CompromisedKeysError},
    subject_public_key::{SubjectKeyKind, SubjectPublicKey},
    weakness::Weakness,
};

/// The maximum length of a request, in octets. A PEM request with a 4096-bit RSA key is about 2,400 octets long.
pub const MAXIMUM_LENGTH: usize = 16 * 1024;

/// The error returned if a certification request is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificationRequestError {
    /// The request is longer than [`MAXIMUM_LENGTH`].
    #[error("the certification request is longer than {MAXIMUM_LENGTH} octets")]
    TooLong,
    /// The input is not a PEM or DER CertificationRequest (RFC 2986 §4.2).
    #[error("not a PKCS #10 certification request in PEM or DER")]
    Malformed,
    /// The input contains a private key. The private key must be treated as exposed.
    #[error("the input contains a private key")]
    PrivateKey,
    /// The input is a certificate in PEM.
    #[error("the input is a certificate, not a certification request")]
    Certificate,
    /// The CA does not issue certificates for this kind of key.
    #[error(
        "the key is neither P-256, P-384 (named curve, uncompressed point) nor RSA of 2048 to 4096 bits in steps of 8"
    )]
    UnsupportedKey,
    /// The public key is not a point on its elliptic curve (SEC 1 §3.2.2).
    #[error("the point of the key is not on its curve")]
    PointNotOnCurve,
    /// The CA does not accept this signature algorithm for this kind of key.
    #[error("the signature is neither ECDSA nor RSA PKCS #1 v1.5 with SHA-256, SHA-384 or SHA-512")]
    UnsupportedSignature,
    /// The signature does not prove possession of the private key (RFC 2986 §3).
    #[error("the signature does not prove possession of the private key")]
    BadSignature,
    /// The key has a known [`Weakness`], such as prime factors that are easy to find.
    #[error("the key is weak: {0}")]
    WeakKey(Weakness),
    /// The key is in the list of compromised keys (S/MIME Baseline Requirements §6.1.1.3).
    #[error("the private key is known to be compromised")]
    CompromisedKey,
    /// The key is a key of the service. The request is signed with its private key, which is therefore compromised.
    #[error("the key is a key of the service, whose private key is compromised")]
    ServiceKey,
}

/// The fields of a CertificationRequest (RFC 2986 §4.2) that this module uses. All fields except the signature are
/// DER-encoded.
struct Parts {
    certification_request_info: Vec<u8>,
    subject_public_key_info: Vec<u8>,
    signature_algorithm: Vec<u8>,
    signature: Vec<u8>,
}

impl SubjectPublicKey {
    /// Extracts the public key from a certification request in PEM (RFC 7468 §7) or DER. This function verifies the
    /// proof of possession of the private key and checks the key for known weaknesses.
    ///
    /// # Errors
    ///
    /// Returns [`CertificationRequestError`] for the first error found.
    pub fn from_certification_request(
        input: &[u8],
        compromised: &CompromisedKeys,
    ) -> Result<Self, CertificationRequestError> {
        if input.len() > MAXIMUM_LENGTH {
            return Err(CertificationRequestError::TooLong);
        }
        let der = request_der(input)?;
        let parts = split(&der).map_err(|_| CertificationRequestError::Malformed)?;
        let key = Self::from_spki_der(&parts.subject_public_key_info)?;
        proof_of_possession::verify(&key, &parts)?;
        if let Some(weakness) = weakness::of(&key) {
            return Err(CertificationRequestError::WeakKey(weakness));
        }
        if compromised.is_service_key(&key) {
            return Err(CertificationRequestError::ServiceKey);
        }
        if compromised.contains(&key) {
            return Err(CertificationRequestError::CompromisedKey);
        }
        Ok(key)
    }
}

/// Returns the DER encoding of the request in `input`.
fn request_der(input: &[u8]) -> Result<Vec<u8>, CertificationRequestError> {
    // A file with an elliptic curve key can contain its parameters before the key.
    const PRIVATE_KEY: &[u8] = b" PRIVATE KEY-----";
    if input.windows(PRIVATE_KEY.len()).any(|window| window == PRIVATE_KEY) {
        return Err(CertificationRequestError::PrivateKey);
    }
    // Some programs write `NEW CERTIFICATE REQUEST` instead of `CERTIFICATE REQUEST` (RFC 7468 §7).
    match pem::der_of(input, &["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"]) {
        Some(der) => Ok(der),
        None if pem::certificate_der(input).is_some() => Err(CertificationRequestError::Certificate),
        None => Err(CertificationRequestError::Malformed),
    }
}

fn split(request: &[u8]) -> ASN1Result<Parts> {
    let (certification_request_info, signature_algorithm, signature) = yasna::parse_der(request, |reader| {
        reader.read_sequence(|reader| {
            let info = reader.next().read_der()?;
            let algorithm = reader.next().read_der()?;
            Ok((info, algorithm, octets(reader.next())?))
        })
    })?;
    let subject_public_key_info = yasna::parse_der(&certification_request_info, |reader| {
        reader.read_sequence(|reader| {
            reader.next().read_u8()?;
            skip(reader.next())?;
            let spki = reader.next().read_der()?;
            reader.read_optional(skip)?;
            Ok(spki)
        })
    })?;
    Ok(Parts { certification_request_info, subject_public_key_info, signature_algorithm, signature })
}

/// Skips a field without examining its content.
fn skip(reader: BERReader<'_, '_>) -> ASN1Result<()> {
    reader.read_der().map(drop)
}

/// Reads a BIT STRING and returns its octets. Returns an error if the number of bits is not a multiple of 8.
fn octets(reader: BERReader<'_, '_>) -> ASN1Result<Vec<u8>> {
    match reader.read_bitvec_bytes()? {
        (octets, bits) if bits == octets.len() * 8 => Ok(octets),
        _ => Err(ASN1Error::new(ASN1ErrorKind::Invalid)),
    }
}
