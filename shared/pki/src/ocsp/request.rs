//! Parses an OCSPRequest (RFC 6960 §4.1).

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

use crate::{CertificationAuthority, SerialNumber};

/// The maximum length of a request, in octets. A certificate identifier has 80 to 120 octets, and an optional signature
/// with its certificates has a few thousand octets.
pub const MAXIMUM_REQUEST_LENGTH: usize = 16 * 1024;
/// The maximum number of certificates in a request. Clients that conform to RFC 9919 §3.1.1 request the status of only
/// one certificate.
pub const MAXIMUM_CERT_IDS: usize = 10;

/// A valid OCSP request. An optional signature is ignored, because the responder does not restrict access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRequest {
    cert_ids: Vec<CertId>,
    nonce: Option<Vec<u8>>,
}

/// A certificate identifier in a request. The response repeats the identifier unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertId(pub(super) x509_ocsp::CertId);

/// The error returned if a request is invalid. The responder then responds with the status `malformedRequest` (RFC 6960
/// §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedRequest {
    /// The request in the URL path of a GET request is not percent-encoded Base64.
    #[error("the path is not percent-encoded base64")]
    Encoding,
    /// The request is longer than [`MAXIMUM_REQUEST_LENGTH`].
    #[error("the request is longer than {MAXIMUM_REQUEST_LENGTH} octets")]
    TooLong,
    /// The input is not a DER-encoded OCSPRequest of version 1.
    #[error("not a version 1 OCSPRequest in DER")]
    NotARequest,
    /// The request contains no certificate identifier, or more than [`MAXIMUM_CERT_IDS`].
    #[error("the request must ask for 1 to {MAXIMUM_CERT_IDS} certificates")]
    CertIds,
    /// The request contains two nonces, or the nonce is not an OCTET STRING of 1 to 128 octets (RFC 9654 §2.1).
    #[error("the nonce must be a single OCTET STRING of 1 to 128 octets")]
    Nonce,
    /// The request contains an unknown critical extension (RFC 6960 §4.4).
    #[error("a critical extension is not supported")]
    CriticalExtension,
}

impl OcspRequest {
    /// Parses a DER-encoded OCSPRequest.
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

    /// Returns the identifiers of the requested certificates. Every request contains at least one identifier.
    pub fn cert_ids(&self) -> &[CertId] {
        &self.cert_ids
    }

    /// Returns the nonce, which has 1 to 128 octets (RFC 9654), or `None` if the request has no nonce.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }
}

impl CertId {
    /// Returns the serial number if the identifier names `authority` as the issuer. Returns `None` for another issuer,
    /// for an unsupported hash algorithm (only SHA-1 and SHA-256 are supported) and for an invalid serial number.
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
        serial_number: &'a [u8],
        count: usize,
        /// The object identifier, criticality and value of each request extension.
        extensions: &'a [(&'a [u64], bool, Vec<u8>)],
    }

    const ONE: Asked<'_> =
        Asked { hash: (SHA_256, &SHA256), serial_number: &[0x7f], count: 1, extensions: &[] };

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
            writer
                .next()
                .write_sequence(|writer| writer.next().write_oid(&ObjectIdentifier::from_slice(oid)));
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

    #[test]
    fn certificates_of_the_ca_are_identified_by_both_hashes() {
        let (ca, other) = (TestCa::new(KeyKind::P256), TestCa::new(KeyKind::P256));
        for (hash, is_known) in [
            ((SHA_1, &SHA1_FOR_LEGACY_USE_ONLY), true),
            ((SHA_256, &SHA256), true),
            ((SHA_384, &ring::digest::SHA384), false),
        ] {
            let request = OcspRequest::parse(&request(&ca, &Asked { hash, ..ONE })).unwrap();
            let found = request.cert_ids()[0].serial_number_at(&ca.authority);
            assert_eq!(found.map(|serial| serial.to_string()).as_deref(), is_known.then_some("7f"));
            // This CA has the same name as the issuer but a different key.
            assert_eq!(request.cert_ids()[0].serial_number_at(&other.authority), None);
        }
    }

    #[test]
    fn a_serial_number_that_is_not_positive_identifies_no_certificate() {
        let ca = TestCa::new(KeyKind::P256);
        for (serial_number, expected) in [
            (&[0][..], None),
            (&[0xff], None),
            (&[0, 0xff], Some("ff")),
            (&[0x7f; 20], Some(&*"7f".repeat(20))),
        ] {
            let request = request(&ca, &Asked { serial_number, ..ONE });
            let found = OcspRequest::parse(&request)
                .ok()
                .and_then(|read| read.cert_ids()[0].serial_number_at(&ca.authority));
            assert_eq!(found.map(|serial| serial.to_string()).as_deref(), expected, "{serial_number:02x?}");
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
        let of_count = |count| {
            OcspRequest::parse(&request(&ca, &Asked { count, ..ONE })).map(|read| read.cert_ids.len())
        };
        assert_eq!(of_count(0), Err(MalformedRequest::CertIds));
        assert_eq!(of_count(MAXIMUM_CERT_IDS), Ok(MAXIMUM_CERT_IDS));
        assert_eq!(of_count(MAXIMUM_CERT_IDS + 1), Err(MalformedRequest::CertIds));
        assert_eq!(OcspRequest::parse(&[0x30; MAXIMUM_REQUEST_LENGTH + 1]), Err(MalformedRequest::TooLong));
        let mut trailing = request(&ca, &ONE);
        trailing.push(0);
        for input in [&trailing[..], b"", b"garbage", &trailing[..trailing.len() - 2]] {
            assert_eq!(OcspRequest::parse(input), Err(MalformedRequest::NotARequest));
        }
    }
}
