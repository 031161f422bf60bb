//! Prepares and assembles OCSP responses (RFC 6960 §4.2).

use std::time::Duration;

use x509_cert::{
    der::{
        self, Encode,
        asn1::{GeneralizedTime, Null, OctetString},
        oid::db::rfc6960::{ID_PKIX_OCSP_BASIC, ID_PKIX_OCSP_NONCE},
    },
    ext::Extension,
};
use x509_ocsp::{
    CertStatus, OcspGeneralizedTime, OcspResponse, OcspResponseStatus, ResponderId, ResponseBytes,
    ResponseData, RevokedInfo, SingleResponse, Version,
};
use yasna::Tag;

use super::{key_hash, request::CertId, responder::ResponderCertificate};
use crate::{
    BadSignature, HOUR, Timestamp, ToBeSigned, revocation::CertificateStatus,
    to_be_signed::write_algorithm_identifier,
};

/// The time from thisUpdate to nextUpdate, in seconds. Until nextUpdate, an attacker can replay a response that was
/// signed before a revocation. If the responder certificate expires earlier, its notAfter time is used as nextUpdate.
pub const VALIDITY: i64 = 12 * HOUR;
/// The minimum time from thisUpdate to nextUpdate, in seconds (S/MIME Baseline Requirements §4.9.10).
pub const MINIMUM_VALIDITY: i64 = 8 * HOUR;
/// The maximum time in seconds after which a response to a request without a nonce is signed again. When a response is
/// sent, it is valid for at least 8 more hours, or is in the first half of its validity if the responder certificate
/// expires earlier (S/MIME Baseline Requirements §4.9.10).
pub const REFRESH_AFTER: i64 = VALIDITY - MINIMUM_VALIDITY;

/// A successful OCSP response that has not been signed yet.
#[derive(Clone, Debug)]
pub struct PreparedResponse<'a> {
    responder: &'a ResponderCertificate,
    to_be_signed: ToBeSigned,
    this_update: Timestamp,
    next_update: Timestamp,
}

/// A successful OCSP response, whose signature has been verified with the responder's public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedResponse {
    /// The DER-encoded OCSPResponse.
    pub der: Vec<u8>,
    /// The thisUpdate time.
    pub this_update: Timestamp,
    /// The nextUpdate time.
    pub next_update: Timestamp,
}

/// The error returned if an OCSP response cannot be created.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// The responder certificate is not valid yet, has expired, or expires in less than [`MINIMUM_VALIDITY`] although
    /// the CA can issue a certificate that is valid for longer.
    #[error("the responder's certificate is not yet valid or expires too soon")]
    ResponderValidity,
    /// The signature cannot be verified with the responder's public key.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    /// The response cannot be encoded in DER.
    #[error("the response cannot be encoded: {0}")]
    Encoding(#[from] der::Error),
}

impl<'a> PreparedResponse<'a> {
    /// Prepares a response that `responder` signs. The response contains the status of the certificate at
    /// `this_update`, and the request's `nonce`. The same arguments always produce the same bytes, so the stored
    /// signature of an earlier response remains valid only as long as nothing in the response changes.
    ///
    /// # Errors
    ///
    /// Returns [`ResponseError::ResponderValidity`] if the responder certificate is not valid for long enough. Returns
    /// [`ResponseError::Encoding`] if a time cannot be represented in DER.
    pub fn new(
        responder: &'a ResponderCertificate,
        cert_id: &CertId,
        status: CertificateStatus,
        nonce: Option<&[u8]>,
        this_update: Timestamp,
    ) -> Result<Self, ResponseError> {
        let next_update = this_update.plus(VALIDITY).min(responder.not_after());
        // In the last hours of the CA certificate, no responder certificate is valid for longer.
        let minimum = if responder.expires_with_ca() { 1 } else { MINIMUM_VALIDITY };
        if this_update < responder.not_before() || next_update.since(this_update) < minimum {
            return Err(ResponseError::ResponderValidity);
        }
        let single = SingleResponse {
            cert_id: cert_id.encoded.clone(),
            cert_status: cert_status(status)?,
            this_update: time(this_update)?,
            next_update: Some(time(next_update)?),
            single_extensions: None,
        };
        let data = ResponseData {
            version: Version::V1,
            responder_id: ResponderId::ByKey(OctetString::new(key_hash(responder.public_key()))?),
            produced_at: time(this_update)?,
            responses: vec![single],
            response_extensions: nonce.map(nonce_extension).transpose()?.map(|nonce| vec![nonce]),
        };
        Ok(Self {
            responder,
            to_be_signed: ToBeSigned::new(data.to_der()?, responder.public_key()),
            this_update,
            next_update,
        })
    }

    /// Returns the digest that the caller passes to `Signer::sign_digest`.
    pub fn digest(&self) -> ring::digest::Digest {
        self.to_be_signed.digest()
    }

    /// Verifies `signature`, and returns a response that includes the signature and the responder certificate.
    ///
    /// # Errors
    ///
    /// Returns [`ResponseError::BadSignature`] if `signature` cannot be verified with the responder's public key.
    pub fn assemble(&self, signature: &[u8]) -> Result<SignedResponse, ResponseError> {
        let key = self.responder.public_key();
        key.verify(self.to_be_signed.der(), signature)?;
        // The BasicOCSPResponse (RFC 6960 §4.2.1) includes the responder certificate without re-encoding it.
        let basic = yasna::construct_der(|writer| {
            writer.write_sequence(|writer| {
                writer.next().write_der(self.to_be_signed.der());
                write_algorithm_identifier(writer.next(), key.algorithm());
                writer.next().write_bitvec_bytes(signature, signature.len() * 8);
                writer.next().write_tagged(Tag::context(0), |writer| {
                    writer.write_sequence_of(|writer| writer.next().write_der(self.responder.der()));
                });
            });
        });
        let response = OcspResponse {
            response_status: OcspResponseStatus::Successful,
            response_bytes: Some(ResponseBytes {
                response_type: ID_PKIX_OCSP_BASIC,
                response: OctetString::new(basic)?,
            }),
        };
        Ok(SignedResponse {
            der: response.to_der()?,
            this_update: self.this_update,
            next_update: self.next_update,
        })
    }
}

impl SignedResponse {
    /// Returns the time in seconds from thisUpdate after which the response is signed again: half of its validity, but
    /// at most [`REFRESH_AFTER`].
    pub fn refresh_after(&self) -> i64 {
        REFRESH_AFTER.min(self.next_update.since(self.this_update) / 2)
    }
}

/// An unsigned error response (RFC 6960 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsuccessful {
    /// malformedRequest (1).
    MalformedRequest,
    /// internalError (2).
    InternalError,
    /// tryLater (3).
    TryLater,
    /// unauthorized (6): the CA has no record of the certificate (RFC 9919 §3.2.3).
    Unauthorized,
}

impl Unsuccessful {
    /// Returns the OCSPResponse in DER.
    pub fn der(self) -> Vec<u8> {
        let status = match self {
            Self::MalformedRequest => 1,
            Self::InternalError => 2,
            Self::TryLater => 3,
            Self::Unauthorized => 6,
        };
        yasna::construct_der(|writer| writer.write_sequence(|writer| writer.next().write_enum(status)))
    }
}

fn cert_status(status: CertificateStatus) -> Result<CertStatus, der::Error> {
    Ok(match status {
        CertificateStatus::Good => CertStatus::Good(Null),
        CertificateStatus::Revoked { reason, at } => CertStatus::Revoked(RevokedInfo {
            revocation_time: time(at)?,
            revocation_reason: Some(reason.crl_reason()),
        }),
    })
}

/// Creates a GeneralizedTime without fractional seconds (RFC 9919 §3.2.4).
fn time(time: Timestamp) -> Result<OcspGeneralizedTime, der::Error> {
    let since_1970 = u64::try_from(time.as_seconds()).map_err(|_| der::ErrorKind::DateTime)?;
    GeneralizedTime::from_unix_duration(Duration::from_secs(since_1970)).map(OcspGeneralizedTime)
}

fn nonce_extension(nonce: &[u8]) -> Result<Extension, der::Error> {
    let value = OctetString::new(nonce)?.to_der()?;
    Ok(Extension { extn_id: ID_PKIX_OCSP_NONCE, critical: false, extn_value: OctetString::new(value)? })
}

#[cfg(test)]
mod tests {
    use x509_cert::der::Decode;
    use x509_ocsp::BasicOcspResponse;

    use super::*;
    use crate::{
        DAY, SerialNumber,
        ocsp::{OcspRequest, PreparedResponderCertificate},
        revocation::RevocationReason,
        test_support::{KeyKind, TestCa, openssl},
    };

    /// Issues a responder certificate that is valid from `now`. `ca` signs the certificate, and `key` provides the
    /// responder's public key.
    fn responder(ca: &TestCa, key: &TestCa, now: Timestamp) -> ResponderCertificate {
        let serial_number = SerialNumber::from_random([7; 16]);
        let public_key = key.authority.public_key();
        let prepared =
            PreparedResponderCertificate::new(&ca.authority, public_key, &serial_number, now).unwrap();
        prepared.assemble(&ca.sign(prepared.digest().as_ref())).unwrap()
    }

    /// Generates an OCSP request for a certificate of the CA with openssl.
    fn request(ca: &TestCa) -> OcspRequest {
        let out = format!("{}.request", ca.certificate_path());
        let made = openssl(
            &["ocsp", "-sha256", "-issuer", &ca.certificate_path(), "-reqout", &out, "-serial", "1"],
            b"",
        );
        assert!(made.succeeded, "{}", made.output);
        OcspRequest::parse(&std::fs::read(out).unwrap()).unwrap()
    }

    /// Asserts that openssl accepts the response and prints `expected`.
    fn assert_openssl_accepts(ca: &TestCa, response: &SignedResponse, expected: &[&str]) {
        let (ca_path, at) = (ca.certificate_path(), response.this_update.as_seconds().to_string());
        let (request, path) = (format!("{ca_path}.request"), format!("{ca_path}.response"));
        std::fs::write(&path, &response.der).unwrap();
        let time = ["-attime", &at, "-x509_strict", "-validity_period", "3000000000"];
        let files = ["-CAfile", &ca_path, "-reqin", &request, "-respin", &path, "-resp_text"];
        let verified = openssl(&[&["ocsp"], &time[..], &files].concat(), b"");
        let text = verified.output;
        assert!(verified.succeeded && text.contains("Response verify OK"), "{text}");
        assert!(expected.iter().all(|expected| text.contains(expected)), "{expected:?}: {text}");
        assert!(!text.contains("WARNING"), "{text}");
    }

    #[test]
    fn openssl_verifies_responses_of_every_key_type() {
        let kinds = [KeyKind::P256, KeyKind::P384, KeyKind::Rsa];
        for (ca_kind, responder_kind) in kinds.into_iter().zip([KeyKind::Rsa, KeyKind::P256, KeyKind::P384]) {
            let (ca, key) = (TestCa::new(ca_kind), TestCa::new(responder_kind));
            let now = ca.authority.not_after().plus(-100 * DAY);
            let responder = responder(&ca, &key, now);
            let asked = request(&ca);
            let cert_id = asked.cert_id(&ca.authority).unwrap();
            let revoked =
                CertificateStatus::Revoked { reason: RevocationReason::KeyCompromise, at: now.plus(-DAY) };
            for (status, expected) in [
                (CertificateStatus::Good, &["Cert Status: good"][..]),
                (revoked, &["Cert Status: revoked", "keyCompromise (0x1)"]),
            ] {
                let prepared =
                    PreparedResponse::new(&responder, &cert_id, status, asked.nonce(), now).unwrap();
                assert_eq!(prepared.assemble(b"not a signature"), Err(BadSignature.into()));
                let response = prepared.assemble(&key.sign(prepared.digest().as_ref())).unwrap();
                assert_eq!(response.next_update.since(response.this_update), VALIDITY);
                assert_openssl_accepts(&ca, &response, expected);
                assert_is_der(&response.der);
            }
        }
    }

    #[test]
    fn a_signature_is_valid_only_for_an_equal_response() {
        let (ca, key) = (TestCa::new(KeyKind::P256), TestCa::new(KeyKind::P256));
        let now = ca.authority.not_after().plus(-100 * DAY);
        let old = responder(&ca, &key, now);
        let cert_id = request(&ca).cert_id(&ca.authority).unwrap();
        let prepare =
            |responder, status, at| PreparedResponse::new(responder, &cert_id, status, None, at).unwrap();
        let revoked = |reason, at| CertificateStatus::Revoked { reason, at };
        let status = revoked(RevocationReason::Superseded, now);
        let prepared = prepare(&old, status, now);
        let signature = key.sign(prepared.digest().as_ref());
        let first = prepared.assemble(&signature).unwrap();
        assert_eq!(prepare(&old, status, now).assemble(&signature).as_ref(), Ok(&first));

        let other_key = TestCa::new(KeyKind::P256);
        let other_responder = self::responder(&ca, &other_key, now);
        for changed in [
            prepare(&old, CertificateStatus::Good, now),
            prepare(&old, revoked(RevocationReason::KeyCompromise, now), now),
            prepare(&old, revoked(RevocationReason::Superseded, now.plus(-1)), now),
            prepare(&old, status, now.plus(1)),
            prepare(&other_responder, status, now),
        ] {
            assert_eq!(changed.assemble(&signature), Err(BadSignature.into()));
        }
        // A stored signature remains valid with a renewed certificate for the same key, and the response contains the
        // renewed certificate.
        let renewed = self::responder(&ca, &key, now.plus(-DAY));
        let response = prepare(&renewed, status, now).assemble(&signature).unwrap();
        assert!(response.der.windows(renewed.der().len()).any(|part| part == renewed.der()));
    }

    /// Asserts that decoding and re-encoding a response returns the same octets.
    fn assert_is_der(der: &[u8]) {
        let response = OcspResponse::from_der(der).unwrap();
        assert_eq!(response.to_der().unwrap(), der);
        let basic = response.response_bytes.unwrap().response;
        assert_eq!(
            BasicOcspResponse::from_der(basic.as_bytes()).unwrap().to_der().unwrap(),
            basic.as_bytes()
        );
    }

    #[test]
    fn next_update_is_within_the_validity_of_the_responder() {
        let (ca, key) = (TestCa::new(KeyKind::P256), TestCa::new(KeyKind::P256));
        let start = ca.authority.not_after().plus(-100 * DAY);
        let responder = responder(&ca, &key, start);
        let cert_id = request(&ca).cert_id(&ca.authority).unwrap();
        let at = |now| {
            PreparedResponse::new(&responder, &cert_id, CertificateStatus::Good, None, now)
                .map(|prepared| prepared.next_update)
        };
        let end = responder.not_after();
        assert_eq!(at(start), Ok(start.plus(VALIDITY)));
        assert_eq!(at(end.plus(-MINIMUM_VALIDITY)), Ok(end));
        assert_eq!(at(end.plus(1 - MINIMUM_VALIDITY)), Err(ResponseError::ResponderValidity));
        assert_eq!(at(start.plus(-1)), Err(ResponseError::ResponderValidity));
    }

    /// A certificate may expire with the CA certificate, and its status is available until then.
    #[test]
    fn responses_are_signed_until_the_ca_certificate_expires() {
        let (ca, key) = (TestCa::new(KeyKind::P256), TestCa::new(KeyKind::P256));
        let end = ca.authority.not_after();
        let responder = responder(&ca, &key, end.plus(-DAY));
        let asked = request(&ca);
        let cert_id = asked.cert_id(&ca.authority).unwrap();
        let status = CertificateStatus::Good;
        let prepare = |at| PreparedResponse::new(&responder, &cert_id, status, asked.nonce(), at);
        for (left, refresh_after) in [(DAY, REFRESH_AFTER), (HOUR, HOUR / 2), (2, 1)] {
            let prepared = prepare(end.plus(-left)).unwrap();
            let response = prepared.assemble(&key.sign(prepared.digest().as_ref())).unwrap();
            assert_eq!(response.next_update, end.min(response.this_update.plus(VALIDITY)));
            assert_eq!(response.refresh_after(), refresh_after);
            assert_openssl_accepts(&ca, &response, &["Cert Status: good"]);
        }
        assert_eq!(prepare(end).err(), Some(ResponseError::ResponderValidity));
    }

    #[test]
    fn error_responses_are_not_signed() {
        assert_eq!(Unsuccessful::MalformedRequest.der(), [0x30, 3, 0x0a, 1, 1]);
        let text = openssl(&["ocsp", "-respin", "/dev/stdin", "-noverify"], &Unsuccessful::TryLater.der());
        assert!(text.output.contains("trylater (3)"), "{}", text.output);
        let text =
            openssl(&["ocsp", "-respin", "/dev/stdin", "-noverify"], &Unsuccessful::Unauthorized.der());
        assert!(text.output.contains("unauthorized (6)"), "{}", text.output);
    }
}
