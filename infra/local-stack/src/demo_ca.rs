//! The local CA, which issues the demonstration certificates. By default, the CA is a self-signed root with a key of
//! the local stack.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{CertificateParams, KeyPair};
use shared::{
    domain::{
        DAY, Timestamp,
        certificate::Validity,
        crl_scope::{CrlShard, ShardCount, ShardCountError},
        numbers::SerialNumber,
        publication::PublicationUrl,
    },
    pki::{
        BadSignature, CaError, CertificationAuthority, CertificationRequestError, CompromisedKeys,
        EndEntityCertificate, IssuanceError, IssuanceProfile, IssuanceRequest, Rfc822Name, SubjectName,
        SubjectPublicKey,
        ca_certificate::{CaCertificateError, CaLifetime, CaName, CaSettingError, PreparedRoot},
        issuance::ProfileError,
    },
    ports::{Entropy, PortError, Signer},
};

use crate::{
    adapters::{SoftwareSigner, files},
    data_folder::CA_KEY,
};

/// The number of CRL shards of the local CA.
pub(crate) const CRL_SHARDS: u16 = 4;

/// The CA certificate's validity period in days. The validity starts [`CA_AGE`] days before the first start of the
/// stack, because some demonstration certificates are years old.
const CA_LIFETIME: u32 = 13 * 365;
const CA_AGE: i64 = 3 * 365;

/// The CA that issues the demonstration certificates.
#[derive(Clone)]
pub struct DemoCa {
    pub profile: IssuanceProfile,
    pub signer: Arc<dyn Signer>,
    pub shards: ShardCount,
}

/// The reason why the local CA cannot be opened or cannot issue a certificate.
#[derive(Debug, thiserror::Error)]
pub enum DemoCaError {
    /// The CA certificate file cannot be read or created.
    #[error(
        "the CA certificate file {path} cannot be read or created; check the permissions of the file and its folder"
    )]
    Io { path: PathBuf, source: io::Error },
    /// The file does not contain a CA certificate.
    #[error(
        "{path} does not contain a CA certificate; restore it from a backup of the data folder, or choose a new folder \
         with --data"
    )]
    NotACertificate { path: PathBuf, source: CaError },
    /// The CA certificate does not match the stack's CA key.
    #[error(
        "{path} does not contain the public key of {CA_KEY} in the same folder, so one of the two files was replaced; \
         restore both from one backup of the data folder, or choose a new folder with --data"
    )]
    OtherCa { path: PathBuf },
    /// The built-in name or lifetime of the CA is invalid.
    #[error(transparent)]
    Setting(#[from] CaSettingError),
    /// The built-in number of CRL shards is invalid.
    #[error(transparent)]
    Shards(#[from] ShardCountError),
    /// The CA certificate cannot be created.
    #[error(transparent)]
    CaCertificate(#[from] CaCertificateError),
    /// The CA cannot issue certificates.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// A demonstration certificate cannot be issued.
    #[error(transparent)]
    Issuance(#[from] IssuanceError),
    /// rcgen cannot create a key, a certification request or the server certificate.
    #[error("a key or a certificate of the local stack cannot be created")]
    Key(#[from] rcgen::Error),
    /// The signature of the server certificate does not verify with the CA's key.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    /// The certification request for a demonstration certificate was refused.
    #[error(transparent)]
    Request(#[from] CertificationRequestError),
    /// The signer or the random number generator failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl DemoCa {
    /// Opens the CA whose certificate is in the PEM file at `path`. If the file does not exist, creates a self-signed
    /// certificate for the key of `signer`. `publication` is the base URL of the CA's CRLs and OCSP responses.
    ///
    /// # Errors
    ///
    /// Returns [`DemoCaError`], for example if the certificate contains another key.
    pub(crate) async fn open(
        path: &Path,
        signer: Arc<SoftwareSigner>,
        publication: PublicationUrl,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Self, DemoCaError> {
        let failed = |source| DemoCaError::Io { path: path.to_owned(), source };
        if !path.try_exists().map_err(failed)? {
            let root = make_root(&signer, now, entropy).await?;
            files::create(path, root.certificate_pem().as_bytes()).map_err(failed)?;
        }
        let authority = CertificationAuthority::from_certificate(&fs::read(path).map_err(failed)?)
            .map_err(|source| DemoCaError::NotACertificate { path: path.to_owned(), source })?;
        if authority.public_key() != signer.public_key() {
            return Err(DemoCaError::OtherCa { path: path.to_owned() });
        }
        let profile = IssuanceProfile::new(authority, publication, None, now)?;
        Ok(Self { profile, signer, shards: CRL_SHARDS.try_into()? })
    }

    pub(crate) fn authority(&self) -> &CertificationAuthority {
        self.profile.authority()
    }

    /// Issues a certificate for a new P-256 key. The private key is discarded, so nobody can use the certificate.
    ///
    /// # Errors
    ///
    /// Returns [`DemoCaError`], for example if `validity` is not within the CA's validity.
    pub(crate) async fn issue(
        &self,
        subject: SubjectName,
        mailbox: Rfc822Name,
        validity: Validity,
        entropy: &dyn Entropy,
    ) -> Result<EndEntityCertificate, DemoCaError> {
        let certification_request = CertificateParams::default().serialize_request(&KeyPair::generate()?)?;
        let serial_number = serial_number(entropy)?;
        let prepared = self.profile.prepare(&IssuanceRequest {
            crl_shard: CrlShard::assign(&serial_number, self.shards),
            serial_number,
            subject,
            mailbox,
            public_key: SubjectPublicKey::from_certification_request(
                certification_request.der(),
                &CompromisedKeys::default(),
            )?,
            validity,
        })?;
        let signature = self.signer.sign_digest(prepared.digest().as_ref()).await?;
        Ok(prepared.assemble(&signature)?)
    }
}

async fn make_root(
    signer: &SoftwareSigner,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<CertificationAuthority, DemoCaError> {
    let name = CaName::new("JP", "cert-reissue local stack", "cert-reissue Local CA")?;
    let prepared = PreparedRoot::new(
        &name,
        CaLifetime::from_days(CA_LIFETIME)?,
        signer.public_key(),
        &serial_number(entropy)?,
        now.plus(-CA_AGE * DAY),
    )?;
    let signature = signer.sign_digest(prepared.digest().as_ref()).await?;
    Ok(prepared.assemble(&signature)?)
}

/// Returns a random serial number of 16 octets.
pub(crate) fn serial_number(entropy: &dyn Entropy) -> Result<SerialNumber, PortError> {
    let mut octets = [0; 16];
    entropy.fill(&mut octets)?;
    Ok(SerialNumber::from_random(octets))
}

#[cfg(test)]
mod tests {
    use shared::{adapters::system::SystemEntropy, pki::OrganizationIdentifier};

    use super::*;
    use crate::adapters::test_support::Folder;

    /// 2026-11-22T20:08:22Z
    const NOW: i64 = 1_795_378_102;

    async fn open(folder: &Folder, key: &str, seconds: i64) -> Result<DemoCa, DemoCaError> {
        let signer = Arc::new(SoftwareSigner::open(&folder.path().join(key)).unwrap());
        let publication = "http://localhost:8080".parse().unwrap();
        let now = Timestamp::try_from(seconds).unwrap();
        DemoCa::open(&folder.path().join("ca.pem"), signer, publication, now, &SystemEntropy).await
    }

    #[tokio::test]
    async fn the_next_start_opens_the_same_ca() {
        let folder = Folder::new();
        let ca = open(&folder, "ca.key", NOW).await.unwrap();
        let again = open(&folder, "ca.key", NOW + 5).await.unwrap();
        assert_eq!(again.authority(), ca.authority());
        assert!(matches!(open(&folder, "other.key", NOW).await, Err(DemoCaError::OtherCa { .. })));
    }

    #[tokio::test]
    async fn a_certificate_with_a_past_validity_is_issued() {
        let ca = open(&Folder::new(), "ca.key", NOW).await.unwrap();
        let name = |text: &str| text.to_owned().try_into().unwrap();
        let subject = SubjectName::new(
            name("Sample Trading K.K."),
            OrganizationIdentifier::trade_register("7000012050002"),
            name("Denshi Hanako"),
            &name("Denshi Hanako"),
        );
        let at = |days| Timestamp::try_from(NOW + days * DAY).unwrap();
        let validity = Validity::try_from((at(-800), at(-10))).unwrap();
        let mailbox = "hanako@example.jp".parse().unwrap();
        let issued = ca.issue(subject, mailbox, validity, &SystemEntropy).await.unwrap();
        assert_eq!((issued.not_before(), issued.not_after()), (at(-800), at(-10)));
        assert_eq!(issued.email_addresses(), ["hanako@example.jp"]);
        assert!(issued.crl_urls()[0].starts_with("http://localhost:8080/crl/shard-"));
    }
}
