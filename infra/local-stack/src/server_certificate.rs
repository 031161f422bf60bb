//! Issues the local stack's TLS certificate with the local CA.
//!
//! Each start creates a new certificate, with a key that is never written to disk. The database does not contain the
//! certificate, because it is never revoked.

use std::net::{Ipv4Addr, Ipv6Addr};

use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType,
};
use shared::{
    domain::{DAY, Timestamp},
    pki::ToBeSigned,
    ports::Entropy,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::demo_ca::{DemoCa, DemoCaError, serial_number};

/// The validity in seconds. A stack must be restarted before its certificate expires.
const VALIDITY: i64 = 30 * DAY;

/// A certificate chain and its private key.
pub(crate) struct ServerCertificate {
    /// The server certificate, followed by the CA certificate. Clients need the CA certificate if an operator imported
    /// a CA that is not a root.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

impl ServerCertificate {
    /// Issues a certificate for `localhost` and the loopback addresses, with a new P-256 key. The certificate is valid
    /// from `now`.
    ///
    /// # Errors
    ///
    /// Returns [`DemoCaError`] if the random number generator fails or the CA cannot sign.
    pub(crate) async fn issue(
        ca: &DemoCa,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Self, DemoCaError> {
        let authority = ca.authority();
        let key = KeyPair::generate()?;
        let mut params = params()?;
        params.serial_number = Some(rcgen::SerialNumber::from_slice(serial_number(entropy)?.as_be_bytes()));
        params.not_before = now.to_utc();
        // The validity period ends after the second given in notAfter (RFC 5280 §4.1.2.5).
        params.not_after = now.plus(VALIDITY - 1).min(authority.not_after()).to_utc();
        let ca_certificate = CertificateDer::from(authority.certificate_der().to_vec());
        let to_be_signed = ToBeSigned::capture(authority.public_key(), |ca_key| {
            params.signed_by(&key, &Issuer::from_ca_cert_der(&ca_certificate, ca_key)?)
        })?;
        let signature = ca.signer.sign_digest(to_be_signed.digest().as_ref()).await?;
        let certificate = to_be_signed.assemble(&signature)?;
        Ok(Self {
            chain: vec![certificate.into(), ca_certificate],
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        })
    }
}

fn params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params.subject_alt_names = vec![
        SanType::DnsName("localhost".try_into()?),
        SanType::IpAddress(Ipv4Addr::LOCALHOST.into()),
        SanType::IpAddress(Ipv6Addr::LOCALHOST.into()),
    ];
    // This setting makes rcgen add the subject key identifier.
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}
