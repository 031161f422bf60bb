//! Parses end-entity certificates: existing certificates that a deployment imports, and certificates that this service
//! issues.

use data_encoding::HEXLOWER;
use x509_parser::{
    asn1_rs::{Any, Tag},
    certificate::{TbsCertificate, X509Certificate},
    extensions::{DistributionPointName, GeneralName, ParsedExtension},
    prelude::FromDer,
    time::ASN1Time,
    x509::{SubjectPublicKeyInfo, X509Name},
};

use super::{BadSignature, CertificationAuthority, certificate_der, to_pem};
use crate::{SerialNumber, Timestamp};

/// A subscriber certificate, together with the parsed fields that the registration authority stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndEntityCertificate {
    der: Vec<u8>,
    issuer: Vec<u8>,
    serial_number: SerialNumber,
    not_before: Timestamp,
    not_after: Timestamp,
    common_name: Option<String>,
    email_addresses: Vec<String>,
    crl_urls: Vec<String>,
    key_sha256: String,
}

/// The error returned if a certificate cannot be used as a subscriber certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The input is not a PEM or DER certificate.
    #[error("not a single X.509 certificate in PEM or DER")]
    Malformed,
    /// The serial number is zero, negative or longer than 20 octets (RFC 5280 §4.1.2.2).
    #[error("the serial number is not positive or is longer than 20 octets")]
    SerialNumber,
    /// notAfter is earlier than notBefore (RFC 5280 §4.1.2.5).
    #[error("notAfter is earlier than notBefore")]
    Validity,
    /// The certificate is a CA certificate.
    #[error("the certificate is a CA certificate, not a subscriber certificate")]
    Ca,
}

impl EndEntityCertificate {
    /// Parses a certificate in PEM (RFC 7468 §5) or DER. If the input is PEM, everything after the first certificate is
    /// ignored.
    ///
    /// # Errors
    ///
    /// Returns [`CertificateError`] for the first error found.
    pub fn parse(input: &[u8]) -> Result<Self, CertificateError> {
        let der = certificate_der(input).ok_or(CertificateError::Malformed)?;
        let certificate = parse_der(&der)?;
        if certificate.is_ca() {
            return Err(CertificateError::Ca);
        }
        let (not_before, not_after) = {
            let validity = certificate.validity();
            (timestamp(validity.not_before)?, timestamp(validity.not_after)?)
        };
        if not_after < not_before {
            return Err(CertificateError::Validity);
        }
        Ok(Self {
            issuer: certificate.issuer().as_raw().to_vec(),
            serial_number: serial_number(certificate.raw_serial())?,
            not_before,
            not_after,
            common_name: common_name(certificate.subject()),
            email_addresses: rfc822_names(&certificate)?,
            crl_urls: crl_urls(&certificate),
            key_sha256: sha256(certificate.public_key().raw),
            der,
        })
    }

    /// Returns the certificate in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Returns the certificate in PEM (RFC 7468 §5).
    pub fn pem(&self) -> String {
        to_pem("CERTIFICATE", &self.der)
    }

    /// Returns the SHA-256 fingerprint of the certificate in lowercase hexadecimal.
    pub fn sha256(&self) -> String {
        sha256(&self.der)
    }

    /// Returns the SHA-256 hash of the SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) in lowercase hexadecimal. The hash
    /// identifies the key.
    pub fn key_sha256(&self) -> &str {
        &self.key_sha256
    }

    /// Returns the issuer as a DER-encoded Name (RFC 5280 §4.1.2.4).
    pub fn issuer_der(&self) -> &[u8] {
        &self.issuer
    }

    /// Returns the serial number (RFC 5280 §4.1.2.2).
    pub fn serial_number(&self) -> &SerialNumber {
        &self.serial_number
    }

    /// Returns the notBefore time (RFC 5280 §4.1.2.5), the first second at which the certificate is valid.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// Returns the notAfter time (RFC 5280 §4.1.2.5), the last second at which the certificate is valid.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Returns the first common name of the subject that is a UTF8String, a PrintableString or a BMPString. Other
    /// string types, such as TeletexString, have ambiguous character encodings and are ignored.
    pub fn common_name(&self) -> Option<&str> {
        self.common_name.as_deref()
    }

    /// Returns the email addresses in the subject alternative name (rfc822Name, RFC 5280 §4.2.1.6).
    pub fn email_addresses(&self) -> &[String] {
        &self.email_addresses
    }

    /// Returns the URLs in the CRL distribution points (RFC 5280 §4.2.1.13).
    pub fn crl_urls(&self) -> &[String] {
        &self.crl_urls
    }

    /// Returns true if `authority` issued the certificate, and false if the certificate names another issuer.
    ///
    /// # Errors
    ///
    /// Returns [`BadSignature`] if the certificate names `authority` as its issuer but the signature cannot be verified
    /// with the public key of `authority`. In this case, the certificate is forged, or another CA with the same name
    /// issued it.
    pub fn is_issued_by(&self, authority: &CertificationAuthority) -> Result<bool, BadSignature> {
        if self.issuer != authority.subject_der() {
            return Ok(false);
        }
        let certificate = parse_der(&self.der).map_err(|_| BadSignature)?;
        let (_, key) =
            SubjectPublicKeyInfo::from_der(authority.public_key().spki_der()).map_err(|_| BadSignature)?;
        // `PublicKey::verify` is not used here, because the CA may have signed older certificates with another hash
        // function.
        certificate.verify_signature(Some(&key)).map_err(|_| BadSignature)?;
        Ok(true)
    }
}

fn sha256(der: &[u8]) -> String {
    HEXLOWER.encode(ring::digest::digest(&ring::digest::SHA256, der).as_ref())
}

fn parse_der(der: &[u8]) -> Result<X509Certificate<'_>, CertificateError> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(CertificateError::Malformed),
    }
}

/// Parses the content octets of a serial number (RFC 5280 §4.1.2.2).
pub(super) fn serial_number(content: &[u8]) -> Result<SerialNumber, CertificateError> {
    let negative = content.first().is_none_or(|octet| octet & 0x80 != 0);
    match SerialNumber::from_be_bytes(content) {
        Ok(serial_number) if !negative => Ok(serial_number),
        _ => Err(CertificateError::SerialNumber),
    }
}

pub(super) fn timestamp(time: ASN1Time) -> Result<Timestamp, CertificateError> {
    Timestamp::try_from(time.timestamp()).map_err(|_| CertificateError::Malformed)
}

fn common_name(subject: &X509Name<'_>) -> Option<String> {
    subject.iter_common_name().find_map(|attribute| directory_string(attribute.attr_value()))
}

/// Decodes a DirectoryString (RFC 5280 §4.1.2.4). Returns `None` for a string type that is not supported.
fn directory_string(value: &Any<'_>) -> Option<String> {
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString => String::from_utf8(value.data.to_vec()).ok(),
        Tag::BmpString => {
            let units = value.data.chunks(2).map(|unit| match unit {
                [high, low] => Some(u16::from_be_bytes([*high, *low])),
                _ => None,
            });
            String::from_utf16(&units.collect::<Option<Vec<_>>>()?).ok()
        }
        _ => None,
    }
}

/// Returns the email addresses in the subject alternative name (rfc822Name, RFC 5280 §4.2.1.6).
pub(super) fn rfc822_names(certificate: &TbsCertificate<'_>) -> Result<Vec<String>, CertificateError> {
    let mailbox = |name: &GeneralName<'_>| match name {
        GeneralName::RFC822Name(mailbox) => Some((*mailbox).to_owned()),
        _ => None,
    };
    match certificate.subject_alternative_name() {
        Ok(Some(names)) => Ok(names.value.general_names.iter().filter_map(mailbox).collect()),
        Ok(None) => Ok(Vec::new()),
        Err(_) => Err(CertificateError::Malformed),
    }
}

/// Returns the URLs in the CRL distribution points (RFC 5280 §4.2.1.13).
pub(super) fn crl_urls(certificate: &TbsCertificate<'_>) -> Vec<String> {
    let points = certificate.iter_extensions().filter_map(|extension| match extension.parsed_extension() {
        ParsedExtension::CRLDistributionPoints(points) => Some(&points.points),
        _ => None,
    });
    let names = points.flatten().filter_map(|point| match &point.distribution_point {
        Some(DistributionPointName::FullName(names)) => Some(names),
        _ => None,
    });
    let url = |name: &GeneralName<'_>| match name {
        GeneralName::URI(url) => Some((*url).to_owned()),
        _ => None,
    };
    names.flatten().filter_map(url).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{KeyKind, TestCa};

    const EXTENSIONS: &str =
        "basicConstraints=CA:FALSE\nsubjectAltName=email:hanako@example.jp,email:h2@example.jp";

    #[test]
    fn the_fields_of_a_certificate_are_read() {
        let ca = TestCa::new(KeyKind::Rsa);
        let pem = ca.issue("/C=JP/O=試験/CN=電子 花子", "0x80aa", EXTENSIONS);
        let certificate = EndEntityCertificate::parse(&pem).unwrap();
        assert_eq!(certificate.serial_number().to_string(), "80aa");
        assert_eq!(certificate.common_name(), Some("電子 花子"));
        assert_eq!(certificate.email_addresses(), ["hanako@example.jp", "h2@example.jp"]);
        assert_eq!(certificate.not_after().since(certificate.not_before()), 100 * crate::DAY);
        assert_eq!(certificate.sha256().len(), 64);
        assert_eq!(EndEntityCertificate::parse(certificate.der()).as_ref(), Ok(&certificate));
        assert_eq!(certificate.pem().as_bytes(), pem);
    }

    #[test]
    fn certificates_of_other_cas_and_forgeries_are_detected() {
        let (ca, namesake) = (TestCa::new(KeyKind::P384), TestCa::new(KeyKind::P384));
        let certificate = EndEntityCertificate::parse(&ca.issue("/CN=A", "1", EXTENSIONS)).unwrap();
        assert_eq!(certificate.is_issued_by(&ca.authority), Ok(true));
        assert_eq!(certificate.is_issued_by(&namesake.authority), Err(BadSignature));
        let other = TestCa::certificate_with(KeyKind::P256, "/CN=Other", &["basicConstraints=CA:FALSE"]);
        assert_eq!(EndEntityCertificate::parse(&other).unwrap().is_issued_by(&ca.authority), Ok(false));
    }

    #[test]
    fn an_invalid_subscriber_certificate_is_refused() {
        let ca = TestCa::new(KeyKind::P256);
        let refusal = |input: &[u8]| EndEntityCertificate::parse(input).err();
        assert_eq!(refusal(ca.authority.certificate_der()), Some(CertificateError::Ca));
        assert_eq!(refusal(b"-----BEGIN CERTIFICATE-----\n"), Some(CertificateError::Malformed));
        assert_eq!(refusal(b""), Some(CertificateError::Malformed));
        assert_eq!(refusal(&ca.issue("/CN=A", "0", EXTENSIONS)), Some(CertificateError::SerialNumber));
        let mut trailing = ca.authority.certificate_der().to_vec();
        trailing.push(0);
        assert_eq!(refusal(&trailing), Some(CertificateError::Malformed));
    }

    #[test]
    fn bmp_strings_are_read() {
        let value = |tag, data| Any::from_tag_and_data(tag, data);
        assert_eq!(directory_string(&value(Tag::BmpString, &[0x82, 0xb1, 0, 0x41])).as_deref(), Some("花A"));
        assert_eq!(directory_string(&value(Tag::BmpString, &[0x82])), None);
        assert_eq!(directory_string(&value(Tag::TeletexString, b"A")), None);
    }
}
