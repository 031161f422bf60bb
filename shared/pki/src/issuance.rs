//! Issues subscriber certificates that conform to the sponsor-validated multipurpose profile of the S/MIME Baseline
//! Requirements (SBR).
//!
//! The public key in a certificate comes from the certification request, and the other fields come from the
//! registration authority's records. The to-be-signed certificate must pass the lints before it is stored and signed
//! (SBR §4.3.1.2). After signing, the certificate is verified and parsed again.

mod policy;
mod subject;

#[cfg(test)]
pub(super) mod tests;

use rcgen::{
    CertificateParams, CrlDistributionPoint, DistinguishedName, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyIdMethod, KeyUsagePurpose, SanType,
};
use x509_parser::{certificate::TbsCertificate, prelude::FromDer};

pub use self::{
    policy::{CertificatePolicy, CertificatePolicyError},
    subject::{OrganizationIdentifier, SubjectName},
};
use super::{
    BadSignature, CertificateError, CertificationAuthority, EndEntityCertificate, ToBeSigned,
    certificate::{crl_urls, rfc822_names, serial_number, timestamp},
    certificate_lint::{self, LintError},
    certification_request::{SubjectKeyKind, SubjectPublicKey},
    distinguished_name, key_identifier,
};
use crate::{
    DAY, MINUTE, Rfc822Name, SerialNumber, Timestamp, Validity,
    crl_scope::{CrlScope, CrlShard},
    publication::PublicationUrl,
};

/// The maximum validity period of a subscriber certificate in seconds, including both notBefore and notAfter (SBR
/// §6.3.2).
pub const MAXIMUM_VALIDITY: i64 = 825 * DAY;

/// The maximum validity period of certificates from this CA, in seconds. The limit is one day below
/// [`MAXIMUM_VALIDITY`], so the period never exceeds 825 days, regardless of how days are counted.
pub const LONGEST_ISSUED_VALIDITY: i64 = 824 * DAY;

/// The time by which notBefore precedes the issuance, in seconds. A relying party whose clock is slow by less than this
/// time accepts a new certificate immediately. TLS Baseline Requirements §7.1.2.7 allow up to 48 hours.
pub const BACKDATING: i64 = 5 * MINUTE;

/// The issuance profile of this CA, which contains the fields that all of its subscriber certificates have in common.
#[derive(Clone, Debug)]
pub struct IssuanceProfile {
    authority: CertificationAuthority,
    issuer: DistinguishedName,
    publication: PublicationUrl,
    policies: Vec<CertificatePolicy>,
}

/// The fields that are specific to a single certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuanceRequest {
    /// A serial number that the CA has never used before. The number must come from a cryptographically secure random
    /// number generator ([`SerialNumber::from_random`]).
    pub serial_number: SerialNumber,
    /// The names of the subscriber and the organization.
    pub subject: SubjectName,
    /// The email address that the subscriber has proved control of.
    pub mailbox: Rfc822Name,
    /// The subscriber's public key. The subscriber has proved possession of the private key.
    pub public_key: SubjectPublicKey,
    /// The validity period, which [`IssuanceProfile::validity`] computes.
    pub validity: Validity,
    /// The CRL shard that lists the certificate if the certificate is revoked.
    pub crl_shard: CrlShard,
}

/// A linted certificate that has not been signed yet. The caller must store the to-be-signed bytes before requesting
/// the signature.
#[derive(Clone, Debug)]
pub struct PreparedCertificate<'a> {
    authority: &'a CertificationAuthority,
    serial_number: SerialNumber,
    to_be_signed: ToBeSigned,
}

/// The error returned if a CA cannot issue certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// rcgen would encode the issuer name differently from the CA's subject, so relying parties could not build a
    /// certification path to the CA.
    #[error(
        "the CA's name cannot be used as an issuer name: it contains two attributes of the same type, or an attribute \
         that is not a UTF8String, PrintableString or IA5String"
    )]
    Name,
    /// The CA certificate has expired or is not valid yet.
    #[error("the CA certificate is expired or not yet valid")]
    CaNotValid,
}

/// The error returned if a certificate cannot be issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuanceError {
    /// The notBefore time is outside the CA certificate's validity period or later than the notAfter time.
    #[error("the validity is empty")]
    EmptyValidity,
    /// rcgen cannot encode the certificate.
    #[error("the certificate cannot be encoded: {0}")]
    Encoding(#[from] rcgen::Error),
    /// A lint reported a violation, so the certificate must not be signed.
    #[error(transparent)]
    Lint(#[from] LintError),
    /// The certificate differs from the issuance request. The variant contains the name of the field that differs.
    #[error("the certificate does not match the request: its {0} differs")]
    Unexpected(&'static str),
    /// The input is not a DER-encoded TBSCertificate (RFC 5280 §4.1), or the certificate cannot be parsed.
    #[error("not a TBSCertificate in DER")]
    Malformed,
    /// The signature cannot be verified with the CA's public key.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
}

impl From<CertificateError> for IssuanceError {
    fn from(_: CertificateError) -> Self {
        Self::Malformed
    }
}

impl IssuanceProfile {
    /// Creates the issuance profile for `authority`. Every certificate contains the SBR policy and, if present, the
    /// CA's own policy `own_policy`. Certificates also contain the URLs of the CA certificate, the OCSP responder and
    /// the CRL below `publication`.
    ///
    /// # Errors
    ///
    /// Returns [`ProfileError`] if the CA cannot issue certificates at `now`.
    pub fn new(
        authority: CertificationAuthority,
        publication: PublicationUrl,
        own_policy: Option<CertificatePolicy>,
        now: Timestamp,
    ) -> Result<Self, ProfileError> {
        if now < authority.not_before() || now > authority.not_after() {
            return Err(ProfileError::CaNotValid);
        }
        let issuer = distinguished_name::of_authority(&authority).ok_or(ProfileError::Name)?;
        let policies = [CertificatePolicy::sponsor_validated_multipurpose()].into_iter().chain(own_policy);
        Ok(Self { issuer, publication, policies: policies.collect(), authority })
    }

    /// Returns the CA that issues the certificates.
    pub fn authority(&self) -> &CertificationAuthority {
        &self.authority
    }

    /// Returns the base URL of the CA's certificate and CRLs.
    pub fn publication(&self) -> &PublicationUrl {
        &self.publication
    }

    /// Returns the policies that issued certificates contain (RFC 5280 §4.2.1.4).
    pub fn policies(&self) -> &[CertificatePolicy] {
        &self.policies
    }

    /// Returns the validity period of a certificate that is issued at `now` and should expire at `not_after`, which is
    /// usually the notAfter time of the replaced certificate. The period begins [`BACKDATING`] before `now`. It is
    /// shortened to [`LONGEST_ISSUED_VALIDITY`] if necessary, and never extends beyond the CA certificate.
    ///
    /// # Errors
    ///
    /// Returns [`IssuanceError::EmptyValidity`] if no valid period remains after `now` or the CA certificate is not
    /// valid yet at `now`.
    pub fn validity(&self, now: Timestamp, not_after: Timestamp) -> Result<Validity, IssuanceError> {
        let not_before = now.plus(-BACKDATING).max(self.authority.not_before());
        // The notAfter time is the last second of the validity period.
        let longest = not_before.plus(LONGEST_ISSUED_VALIDITY - 1);
        let not_after = not_after.min(longest).min(self.authority.not_after());
        if now < self.authority.not_before() || not_after < now {
            return Err(IssuanceError::EmptyValidity);
        }
        Validity::try_from((not_before, not_after)).map_err(|_| IssuanceError::EmptyValidity)
    }

    /// Encodes the to-be-signed certificate for `request`, lints the certificate and compares its fields with the
    /// request.
    ///
    /// # Errors
    ///
    /// Returns [`IssuanceError`] if the certificate cannot be encoded, fails a lint or differs from the request.
    pub fn prepare(&self, request: &IssuanceRequest) -> Result<PreparedCertificate<'_>, IssuanceError> {
        let params = self.params(request)?;
        let issuer = self.issuer_params();
        let to_be_signed = ToBeSigned::capture(self.authority.public_key(), |key| {
            params.signed_by(&request.public_key, &Issuer::from_params(&issuer, key))
        })?;
        let prepared = PreparedCertificate::from_recorded(self, to_be_signed.der())?;
        self.compare(&parse(to_be_signed.der())?, request)?;
        Ok(prepared)
    }

    pub(super) fn params(&self, request: &IssuanceRequest) -> Result<CertificateParams, rcgen::Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name = request.subject.to_distinguished_name();
        params.serial_number = Some(rcgen::SerialNumber::from_slice(request.serial_number.as_be_bytes()));
        params.not_before = request.validity.not_before().to_utc();
        params.not_after = request.validity.not_after().to_utc();
        // rcgen includes the subject key identifier only with this setting.
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_identifier_method =
            KeyIdMethod::PreSpecified(key_identifier(request.public_key.subject_public_key()));
        params.key_usages = key_usages(request.public_key.kind());
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::EmailProtection, ExtendedKeyUsagePurpose::ClientAuth];
        params.subject_alt_names = vec![SanType::Rfc822Name(request.mailbox.as_str().try_into()?)];
        let crl = self.publication.crl(CrlScope::Shard(request.crl_shard));
        params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![crl] }];
        params.use_authority_key_identifier_extension = true;
        params.custom_extensions = vec![
            policy::certificate_policies(&self.policies),
            policy::authority_information_access(&self.publication),
        ];
        Ok(params)
    }

    pub(super) fn issuer_params(&self) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name = self.issuer.clone();
        params.key_identifier_method =
            KeyIdMethod::PreSpecified(self.authority.subject_key_identifier().to_vec());
        params
    }

    fn compare(
        &self,
        certificate: &TbsCertificate<'_>,
        request: &IssuanceRequest,
    ) -> Result<(), IssuanceError> {
        let validity = &certificate.validity;
        let same = |same: bool, field| if same { Ok(()) } else { Err(IssuanceError::Unexpected(field)) };
        same(serial_number(certificate.raw_serial())? == request.serial_number, "serial number")?;
        same(timestamp(validity.not_before)? == request.validity.not_before(), "notBefore")?;
        same(timestamp(validity.not_after)? == request.validity.not_after(), "notAfter")?;
        same(certificate.subject_pki.raw == request.public_key.spki_der(), "public key")?;
        same(request.subject.is_that_of(&certificate.subject), "subject")?;
        same(rfc822_names(certificate)? == [request.mailbox.as_str()], "mailbox")?;
        let crl = self.publication.crl(CrlScope::Shard(request.crl_shard));
        same(crl_urls(certificate) == [crl], "CRL distribution point")
    }
}

/// Returns the key usages that SBR §7.1.2.3 e allows for both signing and encryption.
fn key_usages(kind: SubjectKeyKind) -> Vec<KeyUsagePurpose> {
    let for_encryption = match kind {
        SubjectKeyKind::P256 | SubjectKeyKind::P384 => KeyUsagePurpose::KeyAgreement,
        SubjectKeyKind::Rsa => KeyUsagePurpose::KeyEncipherment,
    };
    vec![KeyUsagePurpose::DigitalSignature, for_encryption]
}

pub(super) fn parse(to_be_signed: &[u8]) -> Result<TbsCertificate<'_>, IssuanceError> {
    match TbsCertificate::from_der(to_be_signed) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(IssuanceError::Malformed),
    }
}

impl<'a> PreparedCertificate<'a> {
    /// Restores a prepared certificate from the stored result of [`Self::to_be_signed`], and runs the lints again.
    ///
    /// # Errors
    ///
    /// Returns [`IssuanceError`] if the certificate cannot be parsed or fails a lint, for example because it names
    /// another CA.
    pub fn from_recorded(profile: &'a IssuanceProfile, to_be_signed: &[u8]) -> Result<Self, IssuanceError> {
        let certificate = parse(to_be_signed)?;
        certificate_lint::check(&certificate, profile)?;
        Ok(Self {
            authority: &profile.authority,
            serial_number: serial_number(certificate.raw_serial())?,
            to_be_signed: ToBeSigned::new(to_be_signed.to_vec(), profile.authority.public_key()),
        })
    }

    /// Returns the serial number of the certificate.
    pub fn serial_number(&self) -> &SerialNumber {
        &self.serial_number
    }

    /// Returns the DER-encoded TBSCertificate (RFC 5280 §4.1), which the caller must store before requesting the
    /// signature.
    pub fn to_be_signed(&self) -> &[u8] {
        self.to_be_signed.der()
    }

    /// Returns the digest that the caller passes to `Signer::sign_digest`.
    pub fn digest(&self) -> ring::digest::Digest {
        self.to_be_signed.digest()
    }

    /// Verifies `signature`, assembles the certificate and parses it.
    ///
    /// # Errors
    ///
    /// Returns [`IssuanceError::BadSignature`] if `signature` cannot be verified with the CA's public key, for example
    /// because the signer used another key.
    pub fn assemble(&self, signature: &[u8]) -> Result<EndEntityCertificate, IssuanceError> {
        let issued = EndEntityCertificate::parse(&self.to_be_signed.assemble(signature)?)?;
        if *issued.serial_number() != self.serial_number {
            return Err(IssuanceError::Unexpected("serial number"));
        }
        if !issued.is_issued_by(self.authority)? {
            return Err(IssuanceError::Unexpected("issuer"));
        }
        Ok(issued)
    }
}
