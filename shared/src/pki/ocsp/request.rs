//! Reads an OCSPRequest (RFC 6960 §4.1).

use ring::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use x509_cert::{
    der::{
        Decode,
        asn1::ObjectIdentifier,
        oid::db::{
            rfc5912::{ID_SHA_1, ID_SHA_256},
            rfc6960::ID_PKIX_OCSP_NONCE,
        },
    },
    ext::{Extension, Extensions},
};
use x509_ocsp::ext::Nonce;

use crate::{domain::numbers::SerialNumber, pki::CertificationAuthority};

/// The longest request that is read, in octets. One certificate takes 80 to 120, a signature with its certificates a
/// few thousand.
pub const MAXIMUM_REQUEST_LENGTH: usize = 16 * 1024;
/// The most certificates that one request may ask for. Clients of RFC 9919 §3.1.1 ask for one.
pub const MAXIMUM_CERT_IDS: usize = 10;

/// A request that can be answered. Its signature, if it has one, says nothing that matters here: everybody may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRequest {
    cert_ids: Vec<CertId>,
    nonce: Option<Vec<u8>>,
}

/// The certificate that a request asks for. The answer repeats it as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertId(pub(super) x509_ocsp::CertId);

/// Why a request is answered with `malformedRequest` (RFC 6960 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedRequest {
    /// It did not even arrive as octets.
    #[error("the path is not percent-encoded base64")]
    Encoding,
    /// Longer than [`MAXIMUM_REQUEST_LENGTH`].
    #[error("the request is longer than {MAXIMUM_REQUEST_LENGTH} octets")]
    TooLong,
    /// Not an OCSPRequest of version 1.
    #[error("not the DER of an OCSPRequest of version 1")]
    NotARequest,
    /// No certificate, or more than [`MAXIMUM_CERT_IDS`].
    #[error("the request asks for no certificate, or for more than {MAXIMUM_CERT_IDS}")]
    CertIds,
    /// There are two, or it is not an OCTET STRING of 1 to 128 octets (RFC 9654 §2.1).
    #[error("the nonce is not one OCTET STRING of 1 to 128 octets")]
    Nonce,
    /// An extension is critical and not known here (RFC 6960 §4.4).
    #[error("a critical extension is not known")]
    CriticalExtension,
}

impl OcspRequest {
    /// From the DER of an OCSPRequest.
    ///
    /// # Errors
    ///
    /// [`MalformedRequest`] with what is wrong with it.
    pub fn parse(der: &[u8]) -> Result<Self, MalformedRequest> {
        if der.len() > MAXIMUM_REQUEST_LENGTH {
            return Err(MalformedRequest::TooLong);
        }
        let request =
            x509_ocsp::OcspRequest::from_der(der).map_err(|_| MalformedRequest::NotARequest)?.tbs_request;
        if !(1..=MAXIMUM_CERT_IDS).contains(&request.request_list.len()) {
            return Err(MalformedRequest::CertIds);
        }
        let extensions_of_one = request.request_list.iter().map(|one| &one.single_request_extensions);
        if extensions_of_one.chain([&request.request_extensions]).any(has_unknown_critical) {
            return Err(MalformedRequest::CriticalExtension);
        }
        Ok(Self {
            nonce: nonce(request.request_extensions.as_deref().unwrap_or_default())?,
            cert_ids: request.request_list.into_iter().map(|one| CertId(one.req_cert)).collect(),
        })
    }

    /// The certificates that it asks for, at least one.
    pub fn cert_ids(&self) -> &[CertId] {
        &self.cert_ids
    }

    /// The nonce (RFC 9654): 1 to 128 octets.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }
}

impl CertId {
    /// The serial number, if it is one of `authority`; `None` when another issuer is meant, the issuer is named by
    /// another hash than SHA-1 or SHA-256, or no certificate can have such a number.
    pub fn serial_number_at(&self, authority: &CertificationAuthority) -> Option<SerialNumber> {
        let algorithm = hash_algorithm(&self.0.hash_algorithm.oid)?;
        let hash_is = |hash: &[u8], value: &[u8]| digest(algorithm, value).as_ref() == hash;
        let is_ours = hash_is(self.0.issuer_name_hash.as_bytes(), authority.subject_der())
            && hash_is(self.0.issuer_key_hash.as_bytes(), authority.public_key().subject_public_key());
        let content = self.0.serial_number.as_bytes();
        let is_negative = content.first().is_some_and(|octet| octet & 0x80 != 0);
        SerialNumber::from_be_bytes(content).ok().filter(|_| is_ours && !is_negative)
    }
}

fn hash_algorithm(oid: &ObjectIdentifier) -> Option<&'static Algorithm> {
    match *oid {
        ID_SHA_1 => Some(&SHA1_FOR_LEGACY_USE_ONLY),
        ID_SHA_256 => Some(&SHA256),
        _ => None,
    }
}

fn has_unknown_critical(extensions: &Option<Extensions>) -> bool {
    extensions.iter().flatten().any(|extension| extension.critical && extension.extn_id != ID_PKIX_OCSP_NONCE)
}

fn nonce(extensions: &[Extension]) -> Result<Option<Vec<u8>>, MalformedRequest> {
    let mut nonces = extensions.iter().filter(|extension| extension.extn_id == ID_PKIX_OCSP_NONCE);
    let Some(extension) = nonces.next() else { return Ok(None) };
    let nonce = Nonce::from_der(extension.extn_value.as_bytes()).map_err(|_| MalformedRequest::Nonce)?;
    let octets = nonce.0.into_bytes();
    if nonces.next().is_none() && (1..=128).contains(&octets.len()) {
        Ok(Some(octets))
    } else {
        Err(MalformedRequest::Nonce)
    }
}
