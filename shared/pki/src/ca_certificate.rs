//! Creates and imports CA certificates (RFC 5280 §4; S/MIME Baseline Requirements, SBR, §7.1.2.1). This module creates
//! self-signed root certificates and certification requests for an offline parent CA. The module also imports the
//! certificates that the parent CA issues.
//!
//! A CA of this service issues certificates only to subscribers and to its OCSP responder. The CA certificate therefore
//! has a path length constraint of 0.

mod import;
mod lint;
mod settings;

#[cfg(test)]
mod tests;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyIdMethod, KeyUsagePurpose};

pub use self::{
    import::{CaImportError, import},
    lint::CaLintError,
    settings::{CaKeyError, CaLifetime, CaName, CaSettingError},
};
use super::{
    BadSignature, CaError, CertificationAuthority, PublicKey, ToBeSigned, distinguished_name::of_authority,
    key_identifier, to_pem,
};
use crate::{SerialNumber, Timestamp};

/// A root certificate that has not been signed yet.
#[derive(Clone, Debug)]
pub struct PreparedRoot(ToBeSigned);

/// An unsigned certification request (RFC 2986) for a CA certificate.
#[derive(Clone, Debug)]
pub struct PreparedCaRequest(ToBeSigned);

/// The error returned if a CA certificate or its certification request cannot be created.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaCertificateError {
    /// The key is too weak for a CA.
    #[error(transparent)]
    Key(#[from] CaKeyError),
    /// rcgen cannot encode the certificate.
    #[error("the CA certificate cannot be encoded: {0}")]
    Encoding(#[from] rcgen::Error),
    /// The signature cannot be verified with the CA's public key.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    /// The signed bytes cannot be parsed as a CA certificate.
    #[error(transparent)]
    Ca(#[from] CaError),
    /// In certificates that the CA issues, rcgen would encode the issuer name differently from the CA's subject.
    #[error("the CA's name cannot be used as an issuer name")]
    Name,
}

impl PreparedRoot {
    /// Prepares a root certificate for `name` and `key`, valid from `not_before` for `lifetime`.
    ///
    /// # Errors
    ///
    /// Returns [`CaCertificateError`] if the key is too weak for a CA or the name cannot be encoded.
    pub fn new(
        name: &CaName,
        lifetime: CaLifetime,
        key: &PublicKey,
        serial_number: &SerialNumber,
        not_before: Timestamp,
    ) -> Result<Self, CaCertificateError> {
        settings::check_key(key)?;
        let mut params = params(name, key);
        params.serial_number = Some(rcgen::SerialNumber::from_slice(serial_number.as_be_bytes()));
        params.not_before = not_before.to_utc();
        params.not_after = lifetime.end(not_before).to_utc();
        Ok(Self(ToBeSigned::capture(key, |key| params.self_signed(key))?))
    }

    /// Returns the digest that the caller passes to `Signer::sign_digest`.
    pub fn digest(&self) -> ring::digest::Digest {
        self.0.digest()
    }

    /// Verifies `signature`, parses the signed certificate and returns the CA.
    ///
    /// # Errors
    ///
    /// Returns [`CaCertificateError::BadSignature`] if `signature` cannot be verified with the certificate's public
    /// key.
    pub fn assemble(&self, signature: &[u8]) -> Result<CertificationAuthority, CaCertificateError> {
        let authority = CertificationAuthority::from_certificate(&self.0.assemble(signature)?)?;
        of_authority(&authority).ok_or(CaCertificateError::Name)?;
        Ok(authority)
    }
}

impl PreparedCaRequest {
    /// Prepares a request for a CA certificate with `name` and `key`. The request contains the basic constraints and
    /// the key usage that the parent CA should include in the certificate.
    ///
    /// # Errors
    ///
    /// Returns [`CaCertificateError`] if the key is too weak for a CA or the name cannot be encoded.
    pub fn new(name: &CaName, key: &PublicKey) -> Result<Self, CaCertificateError> {
        settings::check_key(key)?;
        let params = params(name, key);
        Ok(Self(ToBeSigned::capture(key, |key| params.serialize_request(key))?))
    }

    /// Returns the digest that the caller passes to `Signer::sign_digest`.
    pub fn digest(&self) -> ring::digest::Digest {
        self.0.digest()
    }

    /// Verifies `signature` and returns the request in PEM (RFC 7468 §7).
    ///
    /// # Errors
    ///
    /// Returns [`BadSignature`] if `signature` cannot be verified with the public key in the request.
    pub fn assemble(&self, signature: &[u8]) -> Result<String, BadSignature> {
        Ok(to_pem("CERTIFICATE REQUEST", &self.0.assemble(signature)?))
    }
}

fn params(name: &CaName, key: &PublicKey) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name.to_distinguished_name();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_identifier_method = KeyIdMethod::PreSpecified(key_identifier(key.subject_public_key()));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}
