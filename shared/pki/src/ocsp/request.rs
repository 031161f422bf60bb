//! Parses an OCSPRequest (RFC 6960 §4.1).

use ring::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use x509_cert::{
    der::{
        Any, Decode,
        oid::db::{
            rfc5912::{ID_SHA_1, ID_SHA_256},
            rfc6960::ID_PKIX_OCSP_NONCE,
        },
    },
    ext::{Extension, Extensions},
    spki::AlgorithmIdentifierOwned,
};
use x509_ocsp::ext::Nonce;

use crate::{CertificationAuthority, SerialNumber};

/// The maximum length of a request, in octets. A certificate identifier is 80 to 120 octets long, and an optional
/// signature with its certificates is a few thousand octets long.
pub const MAXIMUM_REQUEST_LENGTH: usize = 16 * 1024;

/// A valid OCSP request. An optional signature is ignored, because the responder does not restrict access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRequest {
    cert_id: x509_ocsp::CertId,
    nonce: Option<Vec<u8>>,
}

/// A certificate identifier from a request, for a certificate of one CA. The response repeats the identifier unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertId {
    pub(super) encoded: x509_ocsp::CertId,
    serial_number: SerialNumber,
    form: CertIdForm,
}

/// The hash algorithm and its parameters in a certificate identifier. Two identifiers for the same certificate differ
/// only in this form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CertIdForm {
    /// SHA-1 without parameters.
    Sha1,
    /// SHA-1 with NULL parameters.
    Sha1Null,
    /// SHA-256 without parameters.
    Sha256,
    /// SHA-256 with NULL parameters.
    Sha256Null,
}

/// The error returned if a request is invalid. The responder's response to an invalid request has the status
/// `malformedRequest` (RFC 6960 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedRequest {
    /// The OCSPRequest in the URL path of a GET request is not percent-encoded Base64.
    #[error("the path is not percent-encoded base64")]
    Encoding,
    /// The request is longer than [`MAXIMUM_REQUEST_LENGTH`].
    #[error("the request is longer than {MAXIMUM_REQUEST_LENGTH} octets")]
    TooLong,
    /// The input is not a DER-encoded OCSPRequest of version 1.
    #[error("not a version 1 OCSPRequest in DER")]
    NotARequest,
    /// The request contains no certificate identifier.
    #[error("the request must ask for a certificate")]
    NoCertId,
    /// The request contains two nonces, or the nonce is not an OCTET STRING of 1 to 128 octets (RFC 9654 §2.1).
    #[error("the nonce must be a single OCTET STRING of 1 to 128 octets")]
    Nonce,
    /// The request contains an unknown critical extension (RFC 6960 §4.4).
    #[error("a critical extension is not supported")]
    CriticalExtension,
}

impl OcspRequest {
    /// Parses a DER-encoded OCSPRequest. Only the first certificate identifier is used. RFC 9919 §3.1.1 allows only one
    /// identifier per request. The response to any other request should be as complete as the responder can make it
    /// (RFC 9919 §3.2.1). Responses for several certificates could rarely be reused.
    ///
    /// # Errors
    ///
    /// Returns [`MalformedRequest`] for the first error found.
    pub fn parse(der: &[u8]) -> Result<Self, MalformedRequest> {
        if der.len() > MAXIMUM_REQUEST_LENGTH {
            return Err(MalformedRequest::TooLong);
        }
        let request =
            x509_ocsp::OcspRequest::from_der(der).map_err(|_| MalformedRequest::NotARequest)?.tbs_request;
        let extensions_of_one = request.request_list.iter().map(|one| &one.single_request_extensions);
        if extensions_of_one.chain([&request.request_extensions]).any(has_unknown_critical) {
            return Err(MalformedRequest::CriticalExtension);
        }
        let nonce = nonce(request.request_extensions.as_deref().unwrap_or_default())?;
        let first = request.request_list.into_iter().next().ok_or(MalformedRequest::NoCertId)?;
        Ok(Self { cert_id: first.req_cert, nonce })
    }

    /// Returns the identifier of the certificate if `authority` is its issuer. Returns `None` for another issuer, for
    /// an unsupported hash algorithm (only SHA-1 and SHA-256 are supported), for parameters other than NULL and for an
    /// invalid serial number.
    pub fn cert_id(&self, authority: &CertificationAuthority) -> Option<CertId> {
        let form = CertIdForm::of(&self.cert_id.hash_algorithm)?;
        let hash_is = |hash: &[u8], value: &[u8]| digest(form.algorithm(), value).as_ref() == hash;
        let is_ours = hash_is(self.cert_id.issuer_name_hash.as_bytes(), authority.subject_der())
            && hash_is(self.cert_id.issuer_key_hash.as_bytes(), authority.public_key().subject_public_key());
        let content = self.cert_id.serial_number.as_bytes();
        let is_negative = content.first().is_some_and(|octet| octet & 0x80 != 0);
        let serial_number = SerialNumber::from_be_bytes(content).ok().filter(|_| is_ours && !is_negative)?;
        Some(CertId { encoded: self.cert_id.clone(), serial_number, form })
    }

    /// Returns the nonce, which has 1 to 128 octets (RFC 9654), or `None` if the request has no nonce.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }
}

impl CertId {
    /// Returns the serial number of the certificate.
    pub fn serial_number(&self) -> &SerialNumber {
        &self.serial_number
    }

    /// Returns the form of the identifier. Two identifiers with the same serial number and the same form have the same
    /// encoding.
    pub fn form(&self) -> CertIdForm {
        self.form
    }
}

impl CertIdForm {
    fn of(hash_algorithm: &AlgorithmIdentifierOwned) -> Option<Self> {
        let has_null = match &hash_algorithm.parameters {
            None => false,
            Some(parameters) if *parameters == Any::null() => true,
            Some(_) => return None,
        };
        match (hash_algorithm.oid, has_null) {
            (ID_SHA_1, false) => Some(Self::Sha1),
            (ID_SHA_1, true) => Some(Self::Sha1Null),
            (ID_SHA_256, false) => Some(Self::Sha256),
            (ID_SHA_256, true) => Some(Self::Sha256Null),
            _ => None,
        }
    }

    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::Sha1 | Self::Sha1Null => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 | Self::Sha256Null => &SHA256,
        }
    }

    /// Returns the name of the form, such as `sha256-null`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha1Null => "sha1-null",
            Self::Sha256 => "sha256",
            Self::Sha256Null => "sha256-null",
        }
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

#[cfg(test)]
mod tests {
    use yasna::{DERWriter, Tag, models::ObjectIdentifier};

    use super::*;
    use crate::test_support::{KeyKind, TestCa};

    const NONCE: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 1, 2];
    const SHA_1: &[u64] = &[1, 3, 14, 3, 2, 26];
    const SHA_256: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 1];
    const SHA_384: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 2];

    struct Asked<'a> {
        hash: (&'a [u64], &'static Algorithm),
        /// The parameters of the hash algorithm in DER.
        parameters: &'a [u8],
        serial_number: &'a [u8],
        count: usize,
        /// The object identifier, criticality and value of each request extension.
        extensions: &'a [(&'a [u64], bool, Vec<u8>)],
    }

    const ONE: Asked<'_> = Asked {
        hash: (SHA_256, &SHA256),
        parameters: &[],
        serial_number: &[0x7f],
        count: 1,
        extensions: &[],
    };
    const NULL: &[u8] = &[5, 0];

    fn request(ca: &TestCa, asked: &Asked<'_>) -> Vec<u8> {
        yasna::construct_der(|writer| {
            writer.write_sequence(|writer| {
                writer.next().write_sequence(|writer| {
                    writer.next().write_sequence_of(|writer| {
                        for _ in 0..asked.count {
                            writer.next().write_sequence(|writer| write_cert_id(writer.next(), ca, asked));
                        }
                    });
                    if !asked.extensions.is_empty() {
                        writer.next().write_tagged(Tag::context(2), |writer| write_extensions(writer, asked));
                    }
                });
            });
        })
    }

    fn write_cert_id(writer: DERWriter<'_>, ca: &TestCa, asked: &Asked<'_>) {
        let (oid, algorithm) = asked.hash;
        writer.write_sequence(|writer| {
            writer.next().write_sequence(|writer| {
                writer.next().write_oid(&ObjectIdentifier::from_slice(oid));
                if !asked.parameters.is_empty() {
                    writer.next().write_der(asked.parameters);
                }
            });
            for value in [ca.authority.subject_der(), ca.authority.public_key().subject_public_key()] {
                writer.next().write_bytes(digest(algorithm, value).as_ref());
            }
            writer.next().write_tagged_implicit(yasna::tags::TAG_INTEGER, |writer| {
                writer.write_bytes(asked.serial_number);
            });
        });
    }

    fn write_extensions(writer: DERWriter<'_>, asked: &Asked<'_>) {
        writer.write_sequence_of(|writer| {
            for (oid, critical, value) in asked.extensions {
                writer.next().write_sequence(|writer| {
                    writer.next().write_oid(&ObjectIdentifier::from_slice(oid));
                    if *critical {
                        writer.next().write_bool(true);
                    }
                    writer.next().write_bytes(value);
                });
            }
        });
    }

    fn octet_string(length: usize) -> Vec<u8> {
        yasna::construct_der(|writer| writer.write_bytes(&vec![7; length]))
    }

    fn cert_id(ca: &TestCa, asked: &Asked<'_>, at: &TestCa) -> Option<CertId> {
        OcspRequest::parse(&request(ca, asked)).ok()?.cert_id(&at.authority)
    }

    #[test]
    fn certificates_of_the_ca_are_identified_by_both_hashes() {
        let (ca, other) = (TestCa::new(KeyKind::P256), TestCa::new(KeyKind::P256));
        let sha_1: (_, &'static Algorithm) = (SHA_1, &SHA1_FOR_LEGACY_USE_ONLY);
        for (hash, parameters, form) in [
            (sha_1, &[][..], Some(CertIdForm::Sha1)),
            (sha_1, NULL, Some(CertIdForm::Sha1Null)),
            ((SHA_256, &SHA256), &[], Some(CertIdForm::Sha256)),
            ((SHA_256, &SHA256), NULL, Some(CertIdForm::Sha256Null)),
            ((SHA_384, &ring::digest::SHA384), &[], None),
            // Arbitrary parameters would allow an unlimited number of identifiers for one certificate.
            ((SHA_256, &SHA256), &[4, 1, 7], None),
        ] {
            let asked = Asked { hash, parameters, ..ONE };
            let found = cert_id(&ca, &asked, &ca);
            assert_eq!(found.as_ref().map(CertId::form), form);
            assert!(found.is_none_or(|found| found.serial_number().to_string() == "7f"));
            // This CA has the same name as the issuer but a different key.
            assert_eq!(cert_id(&ca, &asked, &other), None);
        }
    }

    #[test]
    fn only_the_first_of_several_certificates_is_used() {
        let ca = TestCa::new(KeyKind::P256);
        let first = cert_id(&ca, &Asked { count: 100, ..ONE }, &ca).unwrap();
        assert_eq!(Some(first), cert_id(&ca, &ONE, &ca));
    }

    #[test]
    fn a_serial_number_that_is_not_positive_identifies_no_certificate() {
        let ca = TestCa::new(KeyKind::P256);
        for (serial_number, expected) in [
            (&[0][..], None),
            (&[0xff], None),
            (&[0, 0xff], Some("ff")),
            // DER allows only one encoding of a number, so a certificate cannot have a second identifier.
            (&[0, 0x7f], None),
            (&[0x7f; 20], Some(&*"7f".repeat(20))),
        ] {
            let found = cert_id(&ca, &Asked { serial_number, ..ONE }, &ca);
            let found = found.map(|found| found.serial_number().to_string());
            assert_eq!(found.as_deref(), expected, "{serial_number:02x?}");
        }
    }

    /// RFC 9654 §2.1 specifies the minimum and the maximum length of a nonce.
    #[test]
    fn a_nonce_has_1_to_128_octets() {
        let ca = TestCa::new(KeyKind::P256);
        let parse = |extensions: &[(&[u64], bool, Vec<u8>)]| {
            OcspRequest::parse(&request(&ca, &Asked { extensions, ..ONE })).map(|request| request.nonce)
        };
        for length in [1, 32, 128] {
            let nonce = Ok(Some(vec![7; length]));
            assert_eq!(parse(&[(NONCE, false, octet_string(length))]), nonce);
            assert_eq!(parse(&[(NONCE, true, octet_string(length))]), nonce);
        }
        for value in [octet_string(0), octet_string(129), vec![7; 16], Vec::new()] {
            assert_eq!(parse(&[(NONCE, false, value)]), Err(MalformedRequest::Nonce));
        }
        let twice = [(NONCE, false, octet_string(8)), (NONCE, false, octet_string(8))];
        assert_eq!(parse(&twice), Err(MalformedRequest::Nonce));
        assert_eq!(parse(&[]), Ok(None));
    }

    #[test]
    fn unknown_critical_extensions_are_refused() {
        let ca = TestCa::new(KeyKind::P256);
        // The extension id-pkix-ocsp-response lists the response types that the client accepts.
        let parse = |critical| {
            let extensions: &[(&[u64], _, _)] =
                &[(&[1, 3, 6, 1, 5, 5, 7, 48, 1, 4], critical, octet_string(1))];
            OcspRequest::parse(&request(&ca, &Asked { extensions, ..ONE })).map(drop)
        };
        assert_eq!(parse(false), Ok(()));
        assert_eq!(parse(true), Err(MalformedRequest::CriticalExtension));
    }

    #[test]
    fn requests_that_cannot_be_processed_are_malformed() {
        let ca = TestCa::new(KeyKind::P256);
        let none = request(&ca, &Asked { count: 0, ..ONE });
        assert_eq!(OcspRequest::parse(&none), Err(MalformedRequest::NoCertId));
        assert_eq!(OcspRequest::parse(&[0x30; MAXIMUM_REQUEST_LENGTH + 1]), Err(MalformedRequest::TooLong));
        let mut trailing = request(&ca, &ONE);
        trailing.push(0);
        for input in [&trailing[..], b"", b"garbage", &trailing[..trailing.len() - 2]] {
            assert_eq!(OcspRequest::parse(input), Err(MalformedRequest::NotARequest));
        }
    }
}
