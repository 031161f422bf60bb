//! Subscriber certificates: S/MIME Baseline Requirements (SBR), sponsor-validated, multipurpose.
//!
//! The content of a certificate comes from the registration authority's record, its key from the certification request.
//! The to-be-signed bytes pass the lints before they are recorded and signed, as SBR §4.3.1.2 demands. The signed
//! certificate is verified and read back.

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
    DAY, Rfc822Name, SerialNumber, Timestamp, Validity,
    crl_scope::{CrlScope, CrlShard},
    publication::PublicationUrl,
};

/// The longest validity of a subscriber certificate, in seconds, both ends included (SBR §6.3.2).
pub const MAXIMUM_VALIDITY: i64 = 825 * DAY;

/// The longest validity that is issued, in seconds: a day less, so that no way of counting gives more than 825 days.
pub const LONGEST_ISSUED_VALIDITY: i64 = 824 * DAY;

/// The issuance profile of this CA: the content that all of its subscriber certificates share.
#[derive(Clone, Debug)]
pub struct IssuanceProfile {
    authority: CertificationAuthority,
    issuer: DistinguishedName,
    publication: PublicationUrl,
    policies: Vec<CertificatePolicy>,
}

/// The content of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuanceRequest {
    /// The serial number, from a CSPRNG ([`SerialNumber::from_random`]) and never used before.
    pub serial_number: SerialNumber,
    /// The name of the subscriber.
    pub subject: SubjectName,
    /// The mailbox that the subscriber has proved to control.
    pub mailbox: Rfc822Name,
    /// The key whose possession the subscriber has proved.
    pub public_key: SubjectPublicKey,
    /// See [`IssuanceProfile::validity`].
    pub validity: Validity,
    /// The CRL shard that will list a revocation of it; this never changes.
    pub crl_shard: CrlShard,
}

/// A certificate without its signature. Its bytes must be recorded before they are signed.
#[derive(Clone, Debug)]
pub struct PreparedCertificate<'a> {
    authority: &'a CertificationAuthority,
    serial_number: SerialNumber,
    to_be_signed: ToBeSigned,
}

/// The reason that a CA cannot issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// rcgen would encode the CA's name differently as the issuer, and the certificates would not belong to this CA.
    #[error(
        "the CA's name cannot be an issuer's: it has two attributes of a type, or one that is neither a UTF8String \
         nor a PrintableString nor an IA5String"
    )]
    Name,
    /// The CA's certificate has expired or is not valid yet.
    #[error("the CA's certificate is not valid now")]
    CaNotValid,
}

/// The reason that a certificate is not issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuanceError {
    /// notBefore lies outside the CA's validity, or after the end of the certificate's own.
    #[error("the validity would be empty")]
    EmptyValidity,
    /// rcgen cannot encode the certificate.
    #[error("the certificate cannot be encoded: {0}")]
    Encoding(#[from] rcgen::Error),
    /// A lint fails: the certificate must not be signed.
    #[error(transparent)]
    Lint(#[from] LintError),
    /// The encoded or signed certificate differs from the request.
    #[error("the certificate is not the one that was asked for: its {0} differs")]
    Unexpected(&'static str),
    /// The input is not the DER of a TBSCertificate (RFC 5280 §4.1), or the certificate cannot be read back.
    #[error("not a TBSCertificate in DER")]
    Malformed,
    /// The signature is not that of this certificate under the CA's key.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
}

impl From<CertificateError> for IssuanceError {
    fn from(_: CertificateError) -> Self {
        Self::Malformed
    }
}

impl IssuanceProfile {
    /// Creates the profile of `authority`. Every certificate names SBR's policy of its profile and the CA's
    /// `own_policy`, if there is one. It also names the CA certificate, the OCSP responder and the CRL below
    /// `publication`.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] when the CA cannot issue at `now`.
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

    /// The CA.
    pub fn authority(&self) -> &CertificationAuthority {
        &self.authority
    }

    /// The URL below which the CA publishes.
    pub fn publication(&self) -> &PublicationUrl {
        &self.publication
    }

    /// The certificate policies of the issued certificates (RFC 5280 §4.2.1.4).
    pub fn policies(&self) -> &[CertificatePolicy] {
        &self.policies
    }

    /// The validity of a certificate that begins at `not_before` and ends at `not_after`, the end of the old
    /// certificate. It ends earlier only if [`LONGEST_ISSUED_VALIDITY`] or the CA's own certificate ends earlier.
    ///
    /// # Errors
    ///
    /// [`IssuanceError::EmptyValidity`] when the validity would be empty.
    pub fn validity(&self, not_before: Timestamp, not_after: Timestamp) -> Result<Validity, IssuanceError> {
        // The last second is part of the validity.
        let longest = not_before.plus(LONGEST_ISSUED_VALIDITY - 1);
        let not_after = not_after.min(longest).min(self.authority.not_after());
        if not_before < self.authority.not_before() {
            return Err(IssuanceError::EmptyValidity);
        }
        Validity::try_from((not_before, not_after)).map_err(|_| IssuanceError::EmptyValidity)
    }

    /// Makes the to-be-signed bytes of the certificate for `request`, lints them and compares them with the request.
    ///
    /// # Errors
    ///
    /// [`IssuanceError`] when the certificate must not be issued.
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
        // With this setting, rcgen writes the subject key identifier.
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

/// The key usages of certificates that sign and decrypt (SBR §7.1.2.3 e).
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
    /// Restores a prepared certificate from recorded bytes of [`Self::to_be_signed`]. The bytes pass the lints again.
    ///
    /// # Errors
    ///
    /// [`IssuanceError`] when the bytes must not be signed, for example because they are those of another CA.
    pub fn from_recorded(profile: &'a IssuanceProfile, to_be_signed: &[u8]) -> Result<Self, IssuanceError> {
        let certificate = parse(to_be_signed)?;
        certificate_lint::check(&certificate, profile)?;
        Ok(Self {
            authority: &profile.authority,
            serial_number: serial_number(certificate.raw_serial())?,
            to_be_signed: ToBeSigned::new(to_be_signed.to_vec(), profile.authority.public_key()),
        })
    }

    /// The serial number of the certificate.
    pub fn serial_number(&self) -> &SerialNumber {
        &self.serial_number
    }

    /// The TBSCertificate in DER (RFC 5280 §4.1), to be recorded before it is signed.
    pub fn to_be_signed(&self) -> &[u8] {
        self.to_be_signed.der()
    }

    /// The digest for `Signer::sign_digest`.
    pub fn digest(&self) -> ring::digest::Digest {
        self.to_be_signed.digest()
    }

    /// Verifies the `signature`, assembles the certificate and reads it back.
    ///
    /// # Errors
    ///
    /// [`IssuanceError::BadSignature`] when the signature is not that of these bytes under the CA's key, for example
    /// because the signer holds another key.
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
