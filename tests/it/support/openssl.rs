//! The `openssl` command, which independently verifies the service's signatures.

use std::{fs, process::Command};

use shared::pki::CertificationAuthority;
use tempfile::TempDir;

use super::Client;

/// Runs `openssl` and returns its output, or `Err` if the command fails.
pub(crate) fn openssl(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() { Ok(text) } else { Err(text) }
}

/// The published CRL, stored in a file next to the CA certificate.
pub(crate) struct Crl {
    folder: TempDir,
    /// The text that `openssl crl -text` prints.
    pub(crate) text: String,
}

impl Crl {
    /// Fetches the CRL, and verifies its signature with openssl and the CA certificate.
    pub(crate) async fn fetch(client: &Client) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let published = client.published("crl/complete.crl").await.expect("a CRL is published");
        fs::write(folder.path().join("complete.crl"), published).unwrap();
        fs::write(folder.path().join("ca.pem"), ca_certificate(client).await).unwrap();
        let mut crl = Self { folder, text: String::new() };
        let (file, ca) = (crl.file("complete.crl"), crl.file("ca.pem"));
        let verified = openssl(&["crl", "-inform", "DER", "-in", &file, "-verify", "-CAfile", &ca, "-noout"]);
        assert_eq!(verified.unwrap().trim(), "verify OK");
        crl.text = openssl(&["crl", "-inform", "DER", "-in", &file, "-noout", "-text"]).unwrap();
        crl
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Returns the CRL number.
    pub(crate) fn number(&self) -> u64 {
        let after = self.text.lines().skip_while(|line| !line.contains("X509v3 CRL Number")).nth(1);
        after.unwrap().trim().parse().unwrap()
    }

    /// Returns the CRL entry for this serial number, which must be in the API's format.
    pub(crate) fn entry(&self, serial_number: &str) -> Option<Vec<String>> {
        let wanted = format!("Serial Number: {}", serial_number.replace(':', "").to_uppercase());
        let mut lines = self.text.lines().map(str::trim).skip_while(|line| *line != wanted);
        lines.next()?;
        Some(lines.take_while(|line| !line.starts_with("Serial Number")).map(str::to_owned).collect())
    }

    /// Verifies the certificate with openssl against the CA and this CRL, at the time `at`.
    pub(crate) fn verify_certificate(&self, certificate: &str, at: i64) -> Result<String, String> {
        let file = self.file("certificate.pem");
        fs::write(&file, certificate).unwrap();
        let (crl, ca, at) = (self.file("crl.pem"), self.file("ca.pem"), at.to_string());
        openssl(&["crl", "-inform", "DER", "-in", &self.file("complete.crl"), "-out", &crl]).unwrap();
        openssl(&["verify", "-crl_check", "-attime", &at, "-CAfile", &ca, "-CRLfile", &crl, &file])
    }
}

/// Returns the published CA certificate, in PEM format.
pub(crate) async fn ca_certificate(client: &Client) -> String {
    let published = client.published("ca.cer").await.expect("the CA's certificate is published");
    CertificationAuthority::from_certificate(&published).unwrap().certificate_pem()
}
