//! Captures to-be-signed bytes so that an external signer can sign them.
//!
//! rcgen requires a key that signs synchronously, but KMS signs asynchronously and does not export its keys. For this
//! reason, rcgen receives a [`RecordingKey`], which records the bytes to be signed and returns an error. After an
//! external signer has signed the digest of the recorded bytes, [`ToBeSigned::assemble`] combines the bytes with the
//! signature.

use std::cell::RefCell;

use yasna::{DERWriter, models::ObjectIdentifier};

use super::{BadSignature, PublicKey};
use crate::SignatureAlgorithm;

/// A DER-encoded structure that has not been signed yet, such as a TBSCertificate or the ResponseData of an OCSP
/// response.
#[derive(Clone, Debug)]
pub struct ToBeSigned {
    der: Vec<u8>,
    public_key: PublicKey,
}

impl ToBeSigned {
    /// Wraps the DER-encoded structure `der`. If the structure has a signature field, the field must specify the
    /// algorithm of `public_key`.
    pub(super) fn new(der: Vec<u8>, public_key: &PublicKey) -> Self {
        Self { der, public_key: public_key.clone() }
    }

    /// Runs `build` and records the bytes that rcgen asks the key to sign. `build` must create a certificate with rcgen
    /// and sign it with the provided key. The external private key must correspond to `public_key`.
    ///
    /// # Errors
    ///
    /// Returns the error from `build` if it fails before signing. Returns an error if `build` does not use the key.
    pub fn capture<T>(
        public_key: &PublicKey,
        build: impl FnOnce(&RecordingKey) -> Result<T, rcgen::Error>,
    ) -> Result<Self, rcgen::Error> {
        let key = RecordingKey { public_key: public_key.clone(), recorded: RefCell::default() };
        let refusal = build(&key).err().unwrap_or(rcgen::Error::RemoteKeyError);
        match key.recorded.into_inner() {
            Some(der) => Ok(Self { der, public_key: key.public_key }),
            None => Err(refusal),
        }
    }

    /// Returns the to-be-signed bytes, which linters can parse.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Returns the digest that the caller passes to `Signer::sign_digest`.
    pub fn digest(&self) -> ring::digest::Digest {
        self.public_key.algorithm().digest(&self.der)
    }

    /// Verifies `signature` and returns the signed structure in DER. The structure is a SEQUENCE of the to-be-signed
    /// bytes, the signature algorithm and the signature (RFC 5280 §4.1.1).
    ///
    /// # Errors
    ///
    /// Returns [`BadSignature`] if `signature` cannot be verified with the public key.
    pub fn assemble(&self, signature: &[u8]) -> Result<Vec<u8>, BadSignature> {
        self.public_key.verify(&self.der, signature)?;
        Ok(yasna::construct_der(|writer| {
            writer.write_sequence(|writer| {
                writer.next().write_der(&self.der);
                write_algorithm_identifier(writer.next(), self.public_key.algorithm());
                writer.next().write_bitvec_bytes(signature, signature.len() * 8);
            });
        }))
    }
}

/// A substitute for the private key while rcgen encodes a structure. The substitute records the bytes to be signed and
/// returns an error instead of a signature.
#[derive(Debug)]
pub struct RecordingKey {
    public_key: PublicKey,
    recorded: RefCell<Option<Vec<u8>>>,
}

impl rcgen::PublicKeyData for RecordingKey {
    fn der_bytes(&self) -> &[u8] {
        self.public_key.subject_public_key()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        match self.public_key.algorithm() {
            SignatureAlgorithm::EcdsaP256Sha256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            SignatureAlgorithm::EcdsaP384Sha384 => &rcgen::PKCS_ECDSA_P384_SHA384,
            SignatureAlgorithm::RsaPkcs1Sha256 => &rcgen::PKCS_RSA_SHA256,
        }
    }
}

impl rcgen::SigningKey for RecordingKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        *self.recorded.borrow_mut() = Some(message.to_vec());
        Err(rcgen::Error::RemoteKeyError)
    }
}

/// Writes the AlgorithmIdentifier of `algorithm`. The parameters are absent for ECDSA (RFC 5758 §3.2) and NULL for RSA
/// (RFC 4055 §5).
pub(super) fn write_algorithm_identifier(writer: DERWriter<'_>, algorithm: SignatureAlgorithm) {
    let oid: &[u64] = match algorithm {
        SignatureAlgorithm::EcdsaP256Sha256 => &[1, 2, 840, 10045, 4, 3, 2],
        SignatureAlgorithm::EcdsaP384Sha384 => &[1, 2, 840, 10045, 4, 3, 3],
        SignatureAlgorithm::RsaPkcs1Sha256 => &[1, 2, 840, 113549, 1, 1, 11],
    };
    writer.write_sequence(|writer| {
        writer.next().write_oid(&ObjectIdentifier::from_slice(oid));
        if algorithm == SignatureAlgorithm::RsaPkcs1Sha256 {
            writer.next().write_null();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{KeyKind, TestCa, openssl};

    #[test]
    fn a_captured_certificate_verifies_with_openssl() {
        for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa] {
            let ca = TestCa::new(kind);
            let subject_key = rcgen::KeyPair::generate().unwrap();
            let mut params = rcgen::CertificateParams::default();
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(rcgen::DnType::CommonName, "Subscriber");

            // The issuer name is irrelevant here, because this test checks only the signature.
            let issuer = rcgen::CertificateParams::default();
            let to_be_signed = ToBeSigned::capture(ca.authority.public_key(), |key| {
                params.signed_by(&subject_key, &rcgen::Issuer::from_params(&issuer, key))
            })
            .unwrap();
            let certificate = to_be_signed.assemble(&ca.sign(to_be_signed.digest().as_ref())).unwrap();
            let (_, parsed) = x509_parser::parse_x509_certificate(&certificate).unwrap();
            assert_eq!(parsed.tbs_certificate.signature, parsed.signature_algorithm);
            assert!(openssl(&["x509", "-inform", "DER", "-noout", "-text"], &certificate).succeeded);

            let other = TestCa::new(kind);
            assert!(to_be_signed.assemble(&other.sign(to_be_signed.digest().as_ref())).is_err());
        }
    }

    #[test]
    fn an_error_before_the_signature_is_returned() {
        let ca = TestCa::new(KeyKind::P256);
        let captured = ToBeSigned::capture(ca.authority.public_key(), |_| Err::<(), _>(rcgen::Error::Time));
        assert_eq!(captured.err(), Some(rcgen::Error::Time));
    }
}
