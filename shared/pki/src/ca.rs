//! Parses the certificate of the certification authority (CA) that this deployment operates.

use x509_parser::{
    certificate::X509Certificate, extensions::ParsedExtension, prelude::FromDer, time::ASN1Time,
};

use super::{PublicKey, PublicKeyError, certificate_der, to_pem};
use crate::{SignatureAlgorithm, Timestamp};

/// A CA that can sign certificates and CRLs. The private key of the CA is stored outside this process, for example in
/// KMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificationAuthority {
    certificate: Vec<u8>,
    subject: Vec<u8>,
    subject_key_identifier: Vec<u8>,
    public_key: PublicKey,
    not_before: Timestamp,
    not_after: Timestamp,
}

/// The error returned if a certificate cannot be used as this deployment's CA certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaError {
    /// The input is not a PEM or DER certificate.
    #[error("the CA certificate is not a single X.509 certificate in PEM or DER")]
    Malformed,
    /// The certificate is not a version 3 certificate with `CA:TRUE` in its basic constraints (RFC 5280 §4.2.1.9).
    #[error("the certificate is not a CA certificate: basicConstraints with cA TRUE is missing")]
    NotACa,
    /// The certificate lacks the key usage keyCertSign or cRLSign (RFC 5280 §4.2.1.3).
    #[error("the CA certificate's keyUsage lacks {0}")]
    MissingKeyUsage(&'static str),
    /// The certificate has no subject key identifier (RFC 5280 §4.2.1.2). Certificates and CRLs that the CA issues must
    /// repeat the identifier.
    #[error("the CA certificate has no subjectKeyIdentifier")]
    NoSubjectKeyIdentifier,
    /// The subject is empty (RFC 5280 §4.1.2.6).
    #[error("the CA certificate has an empty subject")]
    EmptySubject,
    /// The certificate contains a key that this service does not support.
    #[error("the key of the CA certificate is not supported")]
    Key(#[from] PublicKeyError),
}

impl CertificationAuthority {
    /// Parses the CA's certificate in PEM (RFC 7468 §5) or DER. This function checks neither the signature nor the
    /// validity period, because the operator configures the CA certificate and vouches for it.
    ///
    /// # Errors
    ///
    /// Returns [`CaError`] for the first requirement that the certificate does not satisfy.
    pub fn from_certificate(input: &[u8]) -> Result<Self, CaError> {
        let der = certificate_der(input).ok_or(CaError::Malformed)?;
        let (rest, certificate) = X509Certificate::from_der(&der).map_err(|_| CaError::Malformed)?;
        if !rest.is_empty() {
            return Err(CaError::Malformed);
        }
        if !certificate.is_ca() {
            return Err(CaError::NotACa);
        }
        let key_usage = certificate.key_usage().map_err(|_| CaError::Malformed)?;
        if !key_usage.as_ref().is_some_and(|usage| usage.value.key_cert_sign()) {
            return Err(CaError::MissingKeyUsage("keyCertSign"));
        }
        if !key_usage.as_ref().is_some_and(|usage| usage.value.crl_sign()) {
            return Err(CaError::MissingKeyUsage("cRLSign"));
        }
        if certificate.subject().iter_rdn().next().is_none() {
            return Err(CaError::EmptySubject);
        }
        let subject_key_identifier = certificate
            .iter_extensions()
            .find_map(|extension| match extension.parsed_extension() {
                ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0.to_vec()),
                _ => None,
            })
            .ok_or(CaError::NoSubjectKeyIdentifier)?;
        let time = |time: ASN1Time| Timestamp::try_from(time.timestamp()).map_err(|_| CaError::Malformed);
        Ok(Self {
            subject: certificate.subject().as_raw().to_vec(),
            subject_key_identifier,
            public_key: PublicKey::from_spki_der(certificate.public_key().raw)?,
            not_before: time(certificate.validity().not_before)?,
            not_after: time(certificate.validity().not_after)?,
            certificate: der,
        })
    }

    /// Returns the certificate in DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// Returns the certificate in PEM (RFC 7468 §5).
    pub fn certificate_pem(&self) -> String {
        to_pem("CERTIFICATE", &self.certificate)
    }

    /// Returns the subject as a DER-encoded Name. Certificates and CRLs that the CA issues repeat these octets in their
    /// issuer field, because RFC 5280 §7.1 allows relying parties to compare names octet by octet.
    pub fn subject_der(&self) -> &[u8] {
        &self.subject
    }

    /// Returns the subject key identifier (RFC 5280 §4.2.1.2). Certificates and CRLs that the CA issues repeat this
    /// value in their authority key identifier.
    pub fn subject_key_identifier(&self) -> &[u8] {
        &self.subject_key_identifier
    }

    /// Returns the public key that verifies the CA's signatures.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Returns the algorithm that the CA uses to sign certificates and CRLs.
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.public_key.algorithm()
    }

    /// Returns the notBefore time (RFC 5280 §4.1.2.5), the first second at which the certificate is valid.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// Returns the notAfter time (RFC 5280 §4.1.2.5), the last second at which the certificate is valid.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{CA_EXTENSIONS, KeyKind, TestCa};

    #[test]
    fn the_three_key_types_are_recognised() {
        for (kind, algorithm) in [
            (KeyKind::P256, SignatureAlgorithm::EcdsaP256Sha256),
            (KeyKind::P384, SignatureAlgorithm::EcdsaP384Sha384),
            (KeyKind::Rsa, SignatureAlgorithm::RsaPkcs1Sha256),
        ] {
            let ca = TestCa::new(kind);
            assert_eq!(ca.authority.signature_algorithm(), algorithm);
            assert_eq!(ca.authority.subject_key_identifier().len(), 20);
            let pem = ca.authority.certificate_pem();
            assert_eq!(CertificationAuthority::from_certificate(pem.as_bytes()).as_ref(), Ok(&ca.authority));
        }
    }

    #[test]
    fn an_invalid_ca_certificate_is_refused_with_a_reason() {
        let refusal = |extensions: &[&str]| {
            let pem = TestCa::certificate_with(KeyKind::P256, "/CN=Test CA", extensions);
            CertificationAuthority::from_certificate(&pem).err()
        };
        let [basic_constraints, key_usage, key_identifier] = CA_EXTENSIONS;
        assert_eq!(refusal(&[basic_constraints, key_usage, key_identifier]), None);
        assert_eq!(
            refusal(&["basicConstraints=critical,CA:FALSE", key_usage, key_identifier]),
            Some(CaError::NotACa)
        );
        assert_eq!(
            refusal(&[basic_constraints, "keyUsage=critical,keyCertSign", key_identifier]),
            Some(CaError::MissingKeyUsage("cRLSign"))
        );
        assert_eq!(
            refusal(&[basic_constraints, "keyUsage=critical,cRLSign", key_identifier]),
            Some(CaError::MissingKeyUsage("keyCertSign"))
        );
        assert_eq!(
            refusal(&[basic_constraints, key_usage, "subjectKeyIdentifier=none"]),
            Some(CaError::NoSubjectKeyIdentifier)
        );
        assert_eq!(CertificationAuthority::from_certificate(b"garbage"), Err(CaError::Malformed));
    }
}
