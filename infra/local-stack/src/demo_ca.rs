//! The local CA: a self-signed root over the local stack's key, and the certificates of the demonstration.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, SanType,
};
use shared::{
    domain::{DAY, Timestamp, numbers::CorporateNumber},
    pki::{
        BadSignature, CaError, CertificateError, CertificationAuthority, EndEntityCertificate, ToBeSigned,
    },
    ports::{Entropy, PortError, Signer},
};

use crate::adapters::{SoftwareSigner, files};

/// How long the CA's certificate is valid, in seconds.
const CA_VALIDITY: i64 = 10 * 365 * DAY;

/// organizationIdentifier (ETSI EN 319 412-1 §5.1.4, S/MIME Baseline Requirements §7.1.4.2.2).
const ORGANIZATION_IDENTIFIER: &[u64] = &[2, 5, 4, 97];

/// The CA of the local stack.
#[derive(Clone, Debug)]
pub(crate) struct DemoCa {
    authority: CertificationAuthority,
    signer: Arc<SoftwareSigner>,
}

/// What a demonstration certificate is to say. Its country is JP.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DemoCertificate<'a> {
    /// commonName
    pub(crate) common_name: &'a str,
    /// organizationName
    pub(crate) organization: &'a str,
    /// Goes into the organizationIdentifier, as `NTRJP-` and its digits.
    pub(crate) corporate_number: &'a CorporateNumber,
    /// The rfc822Name of the subject alternative name; ASCII.
    pub(crate) email_address: &'a str,
    /// notBefore
    pub(crate) not_before: Timestamp,
    /// notAfter
    pub(crate) not_after: Timestamp,
    /// Where the CRL is: plain HTTP.
    pub(crate) crl_url: &'a str,
}

/// Why the local CA cannot be made or cannot issue.
#[derive(Debug, thiserror::Error)]
pub enum DemoCaError {
    /// The file of its certificate cannot be read or made.
    #[error("the CA certificate file {path} cannot be read or made")]
    Io {
        /// Its path.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The file holds no CA certificate.
    #[error(transparent)]
    Ca(#[from] CaError),
    /// The certificate is that of another key or of another name.
    #[error("the CA certificate does not belong to the local stack's key: remove both to start anew")]
    OtherCa,
    /// rcgen refused to encode it.
    #[error("the certificate cannot be encoded")]
    Encoding(#[from] rcgen::Error),
    /// No signature or no random numbers.
    #[error(transparent)]
    Port(#[from] PortError),
    /// The signature does not verify.
    #[error(transparent)]
    Signature(#[from] BadSignature),
    /// What was issued cannot be read back.
    #[error("the issued certificate cannot be read back")]
    Certificate(#[from] CertificateError),
}

impl DemoCa {
    /// The CA whose certificate is in the file at `path`, in PEM; at the first start it is made, valid from
    /// `now` for ten years, over the key of `signer`.
    ///
    /// # Errors
    ///
    /// [`DemoCaError`], above all when the file is that of another key.
    pub(crate) async fn open(
        path: &Path,
        signer: Arc<SoftwareSigner>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Self, DemoCaError> {
        let failed = |source| DemoCaError::Io { path: path.to_owned(), source };
        if !path.try_exists().map_err(failed)? {
            let certificate = make_root(&signer, now, entropy).await?;
            files::create(path, certificate.certificate_pem().as_bytes()).map_err(failed)?;
        }
        let authority = CertificationAuthority::from_certificate(&fs::read(path).map_err(failed)?)?;
        if authority.public_key() != signer.public_key() {
            return Err(DemoCaError::OtherCa);
        }
        Ok(Self { authority, signer })
    }

    /// The CA as its certificate describes it.
    pub(crate) fn authority(&self) -> &CertificationAuthority {
        &self.authority
    }

    /// Issues a certificate for a new P-256 key, whose private half is thrown away: nobody can use it.
    ///
    /// # Errors
    ///
    /// [`DemoCaError`], such as for an e-mail address or a URL that is not ASCII.
    pub(crate) async fn issue(
        &self,
        certificate: &DemoCertificate<'_>,
        entropy: &dyn Entropy,
    ) -> Result<EndEntityCertificate, DemoCaError> {
        let params = end_entity_params(certificate, entropy)?;
        let mut issuer = CertificateParams::default();
        issuer.distinguished_name = ca_name();
        issuer.key_identifier_method =
            KeyIdMethod::PreSpecified(self.authority.subject_key_identifier().to_vec());
        let subject_key = KeyPair::generate()?;
        let to_be_signed = ToBeSigned::capture(self.authority.public_key(), |key| {
            params.signed_by(&subject_key, &Issuer::from_params(&issuer, key))
        })?;
        let signature = self.signer.sign_digest(to_be_signed.digest().as_ref()).await?;
        let issued = EndEntityCertificate::parse(&to_be_signed.assemble(&signature)?)?;
        // rcgen encoded the issuer's name anew: it must have come out as the CA's subject.
        if issued.is_issued_by(&self.authority)? { Ok(issued) } else { Err(DemoCaError::OtherCa) }
    }
}

async fn make_root(
    signer: &SoftwareSigner,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<CertificationAuthority, DemoCaError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = ca_name();
    params.serial_number = Some(serial_number(entropy)?);
    params.not_before = now.to_utc();
    params.not_after = now.plus(CA_VALIDITY).to_utc();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let to_be_signed = ToBeSigned::capture(signer.public_key(), |key| params.self_signed(key))?;
    let signature = signer.sign_digest(to_be_signed.digest().as_ref()).await?;
    Ok(CertificationAuthority::from_certificate(&to_be_signed.assemble(&signature)?)?)
}

fn ca_name() -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, japan());
    name.push(DnType::OrganizationName, "cert-reissue local stack");
    name.push(DnType::CommonName, "cert-reissue Local CA");
    name
}

/// A sponsor-validated, multipurpose certificate (S/MIME Baseline Requirements §7.1).
fn end_entity_params(
    certificate: &DemoCertificate<'_>,
    entropy: &dyn Entropy,
) -> Result<CertificateParams, DemoCaError> {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CountryName, japan());
    subject.push(DnType::OrganizationName, certificate.organization);
    subject.push(
        DnType::CustomDnType(ORGANIZATION_IDENTIFIER.to_vec()),
        format!("NTRJP-{}", certificate.corporate_number),
    );
    subject.push(DnType::CommonName, certificate.common_name);

    let mut params = CertificateParams::default();
    params.distinguished_name = subject;
    params.serial_number = Some(serial_number(entropy)?);
    params.not_before = certificate.not_before.to_utc();
    params.not_after = certificate.not_after.to_utc();
    // With this, rcgen writes the subject key identifier.
    params.is_ca = IsCa::ExplicitNoCa;
    // §7.1.2.3 e: with an EC key, dual use is digitalSignature and keyAgreement.
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyAgreement];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::EmailProtection, ExtendedKeyUsagePurpose::ClientAuth];
    params.subject_alt_names = vec![SanType::Rfc822Name(certificate.email_address.try_into()?)];
    params.crl_distribution_points =
        vec![CrlDistributionPoint { uris: vec![certificate.crl_url.to_owned()] }];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// RFC 5280 appendix A: X520countryName is a PrintableString.
fn japan() -> DnValue {
    match "JP".try_into() {
        Ok(japan) => DnValue::PrintableString(japan),
        Err(_) => DnValue::Utf8String("JP".to_owned()),
    }
}

/// 16 random octets, the top bit clear and the first one not zero: positive (RFC 5280 §4.1.2.2), with more than
/// the 64 random bits that S/MIME Baseline Requirements §7.1 ask for.
fn serial_number(entropy: &dyn Entropy) -> Result<rcgen::SerialNumber, PortError> {
    let mut octets = [0; 16];
    entropy.fill(&mut octets)?;
    octets[0] = (octets[0] & 0x7f).max(1);
    Ok(rcgen::SerialNumber::from_slice(&octets))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use shared::adapters::system::SystemEntropy;

    use super::*;
    use crate::adapters::test_support::Folder;

    /// 2026-11-22T20:08:22Z
    const NOW: i64 = 1_795_378_102;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::try_from(seconds).unwrap()
    }

    fn openssl(arguments: &[&str]) -> String {
        let output = Command::new("openssl").args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{text}");
        text
    }

    #[tokio::test]
    async fn openssl_accepts_the_chain() {
        let folder = Folder::new();
        let (key_path, ca_path) = (folder.path().join("ca.key"), folder.path().join("ca.pem"));
        let signer = Arc::new(SoftwareSigner::open(&key_path).unwrap());
        let ca = DemoCa::open(&ca_path, Arc::clone(&signer), at(NOW), &SystemEntropy).await.unwrap();
        let again = DemoCa::open(&ca_path, signer, at(NOW + 5), &SystemEntropy).await.unwrap();
        assert_eq!(again.authority(), ca.authority());

        let corporate_number = "7000012050002".parse().unwrap();
        let certificate = DemoCertificate {
            common_name: "電子 花子",
            organization: "電子認証試験株式会社",
            corporate_number: &corporate_number,
            email_address: "hanako@example.jp",
            not_before: at(NOW - DAY),
            not_after: at(NOW + 100 * DAY),
            crl_url: "http://127.0.0.1:8080/crl/complete.crl",
        };
        let issued = ca.issue(&certificate, &SystemEntropy).await.unwrap();
        assert_eq!(issued.not_after(), certificate.not_after);
        assert_eq!(issued.email_addresses(), ["hanako@example.jp"]);
        assert_eq!(issued.serial_number().as_be_bytes().len(), 16);

        let path = folder.path().join("issued.pem");
        fs::write(&path, issued.pem()).unwrap();
        let (path, ca_path) = (path.to_str().unwrap(), ca_path.to_str().unwrap());
        let attime = NOW.to_string();
        openssl(&[
            "verify",
            "-x509_strict",
            "-attime",
            &attime,
            "-purpose",
            "smimesign",
            "-CAfile",
            ca_path,
            path,
        ]);
        let text =
            openssl(&["x509", "-in", path, "-noout", "-text", "-nameopt", "utf8,-esc_msb,sep_comma_plus"]);
        for part in [
            "C=JP,O=電子認証試験株式会社,organizationIdentifier=NTRJP-7000012050002,CN=電子 花子",
            "Digital Signature, Key Agreement",
            "E-mail Protection, TLS Web Client Authentication",
            "URI:http://127.0.0.1:8080/crl/complete.crl",
            "X509v3 Subject Key Identifier",
            "X509v3 Authority Key Identifier",
            "email:hanako@example.jp",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let text = openssl(&["x509", "-in", ca_path, "-noout", "-text"]);
        for part in
            ["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "C = JP, O = cert-reissue local stack"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
        let outline = openssl(&["asn1parse", "-in", ca_path]);
        assert!(outline.contains("PRINTABLESTRING   :JP"), "{outline}");
    }

    #[tokio::test]
    async fn another_keys_certificate_is_refused() {
        let folder = Folder::new();
        let ca_path = folder.path().join("ca.pem");
        let signer = |name| Arc::new(SoftwareSigner::open(&folder.path().join(name)).unwrap());
        DemoCa::open(&ca_path, signer("first.key"), at(NOW), &SystemEntropy).await.unwrap();
        let other = DemoCa::open(&ca_path, signer("second.key"), at(NOW), &SystemEntropy).await;
        assert!(matches!(other, Err(DemoCaError::OtherCa)));
    }
}
