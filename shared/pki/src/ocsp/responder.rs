//! Creates and parses the certificate of the delegated OCSP responder (RFC 6960 §4.2.2.2). An external signer signs the
//! certificate with the CA key.
//!
//! The certificate has a short validity period and contains id-pkix-ocsp-nocheck, so relying parties do not check its
//! revocation status. An attacker who obtains the responder's private key can therefore forge responses until the
//! certificate expires.

use std::time::Duration;

use ring::digest::Digest;
use x509_cert::{
    TbsCertificate,
    attr::AttributeTypeAndValue,
    certificate::Version,
    der::{
        self, Any, Decode, Encode,
        asn1::{GeneralizedTime, Null, ObjectIdentifier, OctetString, SetOfVec, UtcTime, Utf8StringRef},
        oid::{
            AssociatedOid,
            db::{rfc4519::COMMON_NAME, rfc5280::ID_KP_OCSP_SIGNING, rfc6960::ID_PKIX_OCSP_NOCHECK},
        },
    },
    ext::{
        Extension,
        pkix::{AuthorityKeyIdentifier, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier},
    },
    name::{Name, RdnSequence, RelativeDistinguishedName},
    serial_number::SerialNumber as DerSerialNumber,
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned},
    time::{Time, Validity},
};
use x509_parser::{
    certificate::{TbsCertificate as ParsedTbsCertificate, X509Certificate},
    extensions::{ParsedExtension, X509Extension},
    prelude::FromDer,
    time::ASN1Time,
};

use super::key_hash;
use crate::{
    BadSignature, CertificationAuthority, DAY, PublicKey, PublicKeyError, SerialNumber, Timestamp,
    ToBeSigned, certificate_der, to_be_signed::write_algorithm_identifier, to_pem,
};

/// The validity period of a responder certificate, in seconds. The period is shorter if the CA certificate expires
/// earlier.
pub const RESPONDER_VALIDITY: i64 = 30 * DAY;

/// The common name in the subject of a responder certificate. The other attributes are copied from the CA's subject.
const NAME: &str = "OCSP responder";

/// The certificate of an OCSP responder that signs responses on behalf of the CA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponderCertificate {
    der: Vec<u8>,
    serial_number: SerialNumber,
    public_key: PublicKey,
    not_before: Timestamp,
    not_after: Timestamp,
    expires_with_ca: bool,
}

/// A responder certificate that has not been signed yet.
#[derive(Clone, Debug)]
pub struct PreparedResponderCertificate<'a> {
    authority: &'a CertificationAuthority,
    to_be_signed: ToBeSigned,
}

/// The error returned if a responder certificate cannot be created or is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponderError {
    /// The input is not a PEM or DER certificate.
    #[error("not a single X.509 certificate in PEM or DER")]
    Malformed,
    /// The certificate does not conform to the profile for responders of this CA. The variant contains the name of the
    /// field.
    #[error("not a certificate of an OCSP responder of this CA: its {0} is invalid")]
    Profile(&'static str),
    /// The signature cannot be verified with the CA's public key.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    /// The certificate contains a key that this service does not support.
    #[error(transparent)]
    Key(#[from] PublicKeyError),
    /// The certificate cannot be encoded in DER, for example because the CA's subject is not valid DER.
    #[error("the certificate cannot be encoded: {0}")]
    Encoding(#[from] der::Error),
}

impl<'a> PreparedResponderCertificate<'a> {
    /// Prepares a responder certificate for `public_key`. The certificate names `authority` as its issuer and is valid
    /// from `now`. The certificate is checked against the same profile as in [`ResponderCertificate::parse`].
    ///
    /// # Errors
    ///
    /// Returns [`ResponderError::Profile`] if the certificate would violate the profile, for example because the CA
    /// certificate has expired. Returns [`ResponderError::Encoding`] if the certificate cannot be encoded.
    pub fn new(
        authority: &'a CertificationAuthority,
        public_key: &PublicKey,
        serial_number: &SerialNumber,
        now: Timestamp,
    ) -> Result<Self, ResponderError> {
        let der = tbs_certificate(authority, public_key, serial_number, now)?.to_der()?;
        let (_, parsed) = ParsedTbsCertificate::from_der(&der).map_err(|_| ResponderError::Malformed)?;
        check_profile(&parsed, authority)?;
        Ok(Self { authority, to_be_signed: ToBeSigned::new(der, authority.public_key()) })
    }

    /// Returns the DER-encoded TBSCertificate (RFC 5280 §4.1.2).
    pub fn to_be_signed(&self) -> &[u8] {
        self.to_be_signed.der()
    }

    /// Returns the digest that the caller passes to `Signer::sign_digest`. The signer must use the CA key.
    pub fn digest(&self) -> Digest {
        self.to_be_signed.digest()
    }

    /// Verifies `signature`, assembles the certificate and parses it.
    ///
    /// # Errors
    ///
    /// Returns [`ResponderError::BadSignature`] if `signature` cannot be verified with the CA's public key.
    pub fn assemble(&self, signature: &[u8]) -> Result<ResponderCertificate, ResponderError> {
        ResponderCertificate::parse(&self.to_be_signed.assemble(signature)?, self.authority)
    }
}

impl ResponderCertificate {
    /// Parses a PEM or DER certificate that `authority` issued, and verifies its signature. Relying parties would
    /// reject every response that contains a damaged certificate.
    ///
    /// # Errors
    ///
    /// Returns [`ResponderError`] if the certificate does not belong to a responder of `authority`, for example because
    /// the deployment has switched to another CA.
    pub fn parse(input: &[u8], authority: &CertificationAuthority) -> Result<Self, ResponderError> {
        let der = certificate_der(input).ok_or(ResponderError::Malformed)?;
        let Ok(([], certificate)) = X509Certificate::from_der(&der) else {
            return Err(ResponderError::Malformed);
        };
        check_profile(&certificate, authority)?;
        if certificate.tbs_certificate.signature != certificate.signature_algorithm {
            return Err(ResponderError::Profile("signature algorithm"));
        }
        let signature = &certificate.signature_value.data;
        authority.public_key().verify(certificate.tbs_certificate.as_ref(), signature)?;
        let not_after = timestamp(certificate.validity().not_after)?;
        Ok(Self {
            serial_number: SerialNumber::from_be_bytes(certificate.raw_serial())
                .map_err(|_| ResponderError::Profile("serial number"))?,
            public_key: PublicKey::from_spki_der(certificate.public_key().raw)?,
            not_before: timestamp(certificate.validity().not_before)?,
            expires_with_ca: not_after == authority.not_after(),
            not_after,
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

    /// Returns the serial number (RFC 5280 §4.1.2.2).
    pub fn serial_number(&self) -> &SerialNumber {
        &self.serial_number
    }

    /// Returns the public key that verifies the responder's signatures.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Returns the notBefore time (RFC 5280 §4.1.2.5), the first second at which the certificate is valid.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// Returns the notAfter time (RFC 5280 §4.1.2.5), the last second at which the certificate is valid.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Returns true if the certificate expires at the same time as the CA certificate. A renewed certificate would not
    /// be valid for longer.
    pub fn expires_with_ca(&self) -> bool {
        self.expires_with_ca
    }

    /// Returns true if at least half of the validity period has passed at `now`, unless the certificate expires with
    /// the CA certificate. The remaining time is available for retries if the renewal fails. Also returns true if the
    /// validity period has not begun, because the clock was set back after the issuance.
    pub fn is_due_for_renewal(&self, now: Timestamp) -> bool {
        let is_half_over = 2 * self.not_after.since(now) <= self.not_after.since(self.not_before);
        now < self.not_before || (is_half_over && !self.expires_with_ca)
    }
}

fn tbs_certificate(
    authority: &CertificationAuthority,
    public_key: &PublicKey,
    serial_number: &SerialNumber,
    now: Timestamp,
) -> Result<TbsCertificate, der::Error> {
    let issuer = Name::from_der(authority.subject_der())?;
    let algorithm = yasna::construct_der(|writer| {
        write_algorithm_identifier(writer, authority.signature_algorithm());
    });
    let not_after = now.plus(RESPONDER_VALIDITY).min(authority.not_after());
    let key_identifier = OctetString::new(key_hash(public_key))?;
    let authority_key_identifier = OctetString::new(authority.subject_key_identifier())?;
    Ok(TbsCertificate {
        version: Version::V3,
        serial_number: DerSerialNumber::new(serial_number.as_be_bytes())?,
        signature: AlgorithmIdentifierOwned::from_der(&algorithm)?,
        subject: subject(&issuer)?,
        issuer,
        validity: Validity { not_before: time(now)?, not_after: time(not_after)? },
        subject_public_key_info: SubjectPublicKeyInfoOwned::from_der(public_key.spki_der())?,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(vec![
            extension(KeyUsage::OID, true, &KeyUsage(KeyUsages::DigitalSignature.into()))?,
            extension(ExtendedKeyUsage::OID, false, &ExtendedKeyUsage(vec![ID_KP_OCSP_SIGNING]))?,
            extension(ID_PKIX_OCSP_NOCHECK, false, &Null)?,
            extension(SubjectKeyIdentifier::OID, false, &SubjectKeyIdentifier(key_identifier))?,
            extension(
                AuthorityKeyIdentifier::OID,
                false,
                &AuthorityKeyIdentifier {
                    key_identifier: Some(authority_key_identifier),
                    ..AuthorityKeyIdentifier::default()
                },
            )?,
        ]),
    })
}

/// Returns the CA's subject with [`NAME`] as the only common name.
fn subject(issuer: &Name) -> Result<Name, der::Error> {
    let is_common_name = |name: &RelativeDistinguishedName| name.0.iter().any(|part| part.oid == COMMON_NAME);
    let mut names: Vec<_> = issuer.0.iter().filter(|name| !is_common_name(name)).cloned().collect();
    let common_name =
        AttributeTypeAndValue { oid: COMMON_NAME, value: Any::encode_from(&Utf8StringRef::new(NAME)?)? };
    names.push(RelativeDistinguishedName(SetOfVec::try_from(vec![common_name])?));
    Ok(RdnSequence(names))
}

fn extension(oid: ObjectIdentifier, critical: bool, value: &impl Encode) -> Result<Extension, der::Error> {
    Ok(Extension { extn_id: oid, critical, extn_value: OctetString::new(value.to_der()?)? })
}

/// Creates a Time value: a UTCTime for dates through 2049, or a GeneralizedTime for later dates (RFC 5280 §4.1.2.5).
fn time(time: Timestamp) -> Result<Time, der::Error> {
    let since_1970 = u64::try_from(time.as_seconds()).map_err(|_| der::ErrorKind::DateTime)?;
    let since_1970 = Duration::from_secs(since_1970);
    UtcTime::from_unix_duration(since_1970)
        .map(Time::UtcTime)
        .or_else(|_| GeneralizedTime::from_unix_duration(since_1970).map(Time::GeneralTime))
}

/// Checks that a parsed certificate conforms to the profile. The parser is independent of the encoder.
fn check_profile(
    certificate: &ParsedTbsCertificate<'_>,
    authority: &CertificationAuthority,
) -> Result<(), ResponderError> {
    let rules = [
        ("version", certificate.version().0 == 2),
        // The issuer must be the CA that issued the requested certificates (RFC 6960 §4.2.2.2). The names are compared
        // octet by octet, because some relying parties also do so.
        ("issuer", certificate.issuer().as_raw() == authority.subject_der()),
        ("subject", certificate.subject().as_raw() != authority.subject_der()),
        ("serial number", is_positive(certificate.raw_serial())),
        ("validity", has_short_validity(certificate, authority)?),
        ("extensions", has_extensions(certificate.extensions(), authority)),
    ];
    match rules.into_iter().find(|(_, holds)| !holds) {
        Some((part, _)) => Err(ResponderError::Profile(part)),
        None => Ok(()),
    }
}

fn is_positive(serial_number: &[u8]) -> bool {
    serial_number.first().is_some_and(|first| first & 0x80 == 0)
        && SerialNumber::from_be_bytes(serial_number).is_ok()
}

fn has_short_validity(
    certificate: &ParsedTbsCertificate<'_>,
    authority: &CertificationAuthority,
) -> Result<bool, ResponderError> {
    let not_before = timestamp(certificate.validity().not_before)?;
    let not_after = timestamp(certificate.validity().not_after)?;
    Ok((1..=RESPONDER_VALIDITY).contains(&not_after.since(not_before)) && not_after <= authority.not_after())
}

/// Returns true if the certificate has exactly the five extensions of the profile, each with the required content.
fn has_extensions(extensions: &[X509Extension<'_>], authority: &CertificationAuthority) -> bool {
    const DIGITAL_SIGNATURE: &[u8] = &[0x03, 0x02, 0x07, 0x80];
    const OCSP_SIGNING: &[u8] = &[0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09];
    const NULL: &[u8] = &[0x05, 0x00];
    const OCSP_NO_CHECK: &str = "1.3.6.1.5.5.7.48.1.5";
    let is_as_it_must_be = |extension: &X509Extension<'_>| match extension.parsed_extension() {
        ParsedExtension::KeyUsage(_) => extension.critical && extension.value == DIGITAL_SIGNATURE,
        ParsedExtension::ExtendedKeyUsage(_) => extension.value == OCSP_SIGNING,
        ParsedExtension::SubjectKeyIdentifier(_) => true,
        ParsedExtension::AuthorityKeyIdentifier(aki) => {
            aki.key_identifier.as_ref().is_some_and(|id| id.0 == authority.subject_key_identifier())
        }
        _ => extension.oid.to_id_string() == OCSP_NO_CHECK && extension.value == NULL,
    };
    let mut oids: Vec<_> = extensions.iter().map(|extension| extension.oid.to_id_string()).collect();
    oids.sort_unstable();
    oids.dedup();
    oids.len() == 5 && extensions.len() == 5 && extensions.iter().all(is_as_it_must_be)
}

fn timestamp(time: ASN1Time) -> Result<Timestamp, ResponderError> {
    Timestamp::try_from(time.timestamp()).map_err(|_| ResponderError::Profile("validity"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{KeyKind, TestCa, openssl};

    fn prepared(ca: &TestCa, now: Timestamp) -> Result<PreparedResponderCertificate<'_>, ResponderError> {
        let key = PublicKey::from_spki_der(&rcgen::PublicKeyData::subject_public_key_info(
            &rcgen::KeyPair::generate().unwrap(),
        ))?;
        PreparedResponderCertificate::new(&ca.authority, &key, &SerialNumber::from_random([0x80; 16]), now)
    }

    /// The subject of the test CA contains two attributes of the same type and a RelativeDistinguishedName with two
    /// attributes.
    #[test]
    fn openssl_accepts_the_certificate_for_a_responder() {
        let ca = TestCa::new(KeyKind::P384);
        let now = ca.authority.not_after().plus(-100 * DAY);
        let prepared = prepared(&ca, now).unwrap();
        let certificate = prepared.assemble(&ca.sign(prepared.digest().as_ref())).unwrap();
        assert_eq!(
            ResponderCertificate::parse(certificate.pem().as_bytes(), &ca.authority).as_ref(),
            Ok(&certificate)
        );
        assert_eq!(certificate.not_after().since(certificate.not_before()), RESPONDER_VALIDITY);

        let (ca_path, at) = (ca.certificate_path(), now.as_seconds().to_string());
        let verify =
            ["verify", "-x509_strict", "-attime", &at, "-purpose", "ocsphelper", "-CAfile", &ca_path];
        let verified = openssl(&verify, certificate.pem().as_bytes());
        assert!(verified.succeeded, "{}", verified.output);
        let show = ["x509", "-noout", "-subject", "-issuer", "-nameopt", "utf8,-esc_msb,sep_comma_plus"];
        let names = openssl(&show, certificate.pem().as_bytes()).output;
        assert!(
            names.contains("issuer=C=JP,O=電子認証試験株式会社,OU=First,serialNumber=1+OU=Second,CN=Test CA"),
            "{names}"
        );
        assert!(
            names.contains(
                "subject=C=JP,O=電子認証試験株式会社,OU=First,serialNumber=1+OU=Second,CN=OCSP responder"
            ),
            "{names}"
        );
    }

    #[test]
    fn renewal_is_due_after_half_of_the_validity() {
        let ca = TestCa::new(KeyKind::P256);
        let start = ca.authority.not_after().plus(-100 * DAY);
        let prepared = prepared(&ca, start).unwrap();
        let certificate = prepared.assemble(&ca.sign(prepared.digest().as_ref())).unwrap();
        assert!(!certificate.is_due_for_renewal(start.plus(RESPONDER_VALIDITY / 2 - 1)));
        assert!(certificate.is_due_for_renewal(start.plus(RESPONDER_VALIDITY / 2)));
        assert!(certificate.is_due_for_renewal(start.plus(RESPONDER_VALIDITY + DAY)));
        assert!(!certificate.is_due_for_renewal(start));
        assert!(certificate.is_due_for_renewal(start.plus(-1)), "the clock was set back");
    }

    #[test]
    fn the_certificate_expires_no_later_than_the_ca() {
        let ca = TestCa::new(KeyKind::P256);
        let end = ca.authority.not_after();
        let prepared_last = prepared(&ca, end.plus(-DAY)).unwrap();
        let certificate = prepared_last.assemble(&ca.sign(prepared_last.digest().as_ref())).unwrap();
        assert_eq!(certificate.not_after(), end);
        // A renewal could not extend the validity.
        assert!(!certificate.is_due_for_renewal(end.plus(-1)));
        assert_eq!(prepared(&ca, end).err(), Some(ResponderError::Profile("validity")));
    }

    #[test]
    fn other_certificates_are_refused() {
        let (ca, other) = (TestCa::new(KeyKind::P256), TestCa::new(KeyKind::P256));
        let now = ca.authority.not_after().plus(-100 * DAY);
        let prepared = prepared(&ca, now).unwrap();
        let signature = other.sign(prepared.digest().as_ref());
        assert_eq!(prepared.assemble(&signature), Err(BadSignature.into()));
        let certificate = prepared.assemble(&ca.sign(prepared.digest().as_ref())).unwrap();
        // This CA has the same name as the issuer but a different key.
        let at_other = ResponderCertificate::parse(certificate.der(), &other.authority);
        assert_eq!(at_other, Err(ResponderError::Profile("extensions")));
        let mut damaged = certificate.der().to_vec();
        *damaged.last_mut().unwrap() ^= 1;
        let damaged = ResponderCertificate::parse(&damaged, &ca.authority);
        assert_eq!(damaged, Err(BadSignature.into()));

        let refusal = |extensions: &str| {
            let issued = ca.issue("/CN=Responder", "7", extensions);
            ResponderCertificate::parse(&issued, &ca.authority).err()
        };
        // The certificate is valid for 100 days, which is longer than the profile allows.
        let all = "keyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\nnoCheck=ignored\n\
                   subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid";
        assert_eq!(refusal(all), Some(ResponderError::Profile("validity")));
        assert_eq!(ResponderCertificate::parse(b"garbage", &ca.authority), Err(ResponderError::Malformed));
    }

    #[test]
    fn a_certificate_with_a_wrong_extension_is_refused() {
        let ca = TestCa::new(KeyKind::P256);
        // Each pair contains a required extension and a variant of the extension that must be rejected.
        let parts = [
            ("keyUsage=critical,digitalSignature", "keyUsage=critical,digitalSignature,keyCertSign"),
            ("extendedKeyUsage=OCSPSigning", "extendedKeyUsage=OCSPSigning,clientAuth"),
            ("noCheck=ignored", "1.3.6.1.5.5.7.48.1.5=DER:0400"),
            ("subjectKeyIdentifier=hash", "subjectKeyIdentifier=none"),
            ("authorityKeyIdentifier=keyid", "authorityKeyIdentifier=issuer:always"),
        ];
        let holds = |extensions: &[&str]| {
            let issued = ca.issue("/CN=Responder", "7", &extensions.join("\n"));
            let der = certificate_der(&issued).unwrap();
            let (_, certificate) = X509Certificate::from_der(&der).unwrap();
            has_extensions(certificate.extensions(), &ca.authority)
        };
        let good = parts.map(|(good, _)| good);
        assert!(holds(&good));
        for (index, (_, bad)) in parts.into_iter().enumerate() {
            let mut one_bad = good;
            one_bad[index] = bad;
            assert!(!holds(&one_bad), "{bad}");
        }
        assert!(!holds(&good[..2]), "without the others");
        assert!(!holds(&[&good[..], &["basicConstraints=CA:FALSE"]].concat()), "one more");
    }
}
