//! Other CRL implementations that process the same revocations, for comparison.

use std::{fs, process::Command};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, IsCa, Issuer, KeyIdMethod, KeyPair,
    KeyUsagePurpose, RevocationReason, RevokedCertParams,
};
use shared::domain::revocation::RevokedCertificate;

use super::{cpu_seconds_of_children, fields, hex};

/// The rcgen library, which this service originally used to create CRLs.
pub(super) struct Rcgen {
    issuer: CertificateParams,
    key: KeyPair,
    params: CertificateRevocationListParams,
}

impl Rcgen {
    pub(super) fn new(records: &[RevokedCertificate]) -> Self {
        let mut issuer = CertificateParams::default();
        issuer.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        issuer.key_usages = vec![KeyUsagePurpose::CrlSign];
        let revoked = |record: &RevokedCertificate| RevokedCertParams {
            serial_number: rcgen::SerialNumber::from_slice(record.serial_number.as_be_bytes()),
            revocation_time: record.revoked_at.to_utc(),
            reason_code: Some(RevocationReason::Superseded),
            invalidity_date: None,
        };
        let params = CertificateRevocationListParams {
            this_update: fields().this_update.to_utc(),
            next_update: fields().next_update.to_utc(),
            crl_number: rcgen::SerialNumber::from(fields().number),
            issuing_distribution_point: None,
            revoked_certs: records.iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        Self { issuer, key: KeyPair::generate().unwrap(), params }
    }

    pub(super) fn make(&self) -> Vec<u8> {
        let crl = self.params.signed_by(&Issuer::from_params(&self.issuer, &self.key)).unwrap();
        crl.der().to_vec()
    }
}

/// Runs `openssl ca -gencrl` with an index file.
pub(super) fn openssl_ca(records: &[RevokedCertificate]) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let index: String = records
        .iter()
        .map(|record| {
            let serial_number = hex(&record.serial_number).to_uppercase();
            format!("R\t280101000000Z\t261101000000Z,superseded\t{serial_number}\tunknown\t/CN=Subscriber\n")
        })
        .collect();
    fs::write(path("index"), index).unwrap();
    fs::write(path("number"), "07\n").unwrap();
    let configuration = format!(
        "[ca]\ndefault_ca=d\n[d]\ndatabase={}\ncrlnumber={}\ndefault_md=sha256\ndefault_crl_days=7\n\
         [req]\ndistinguished_name=n\n[n]\n",
        path("index"),
        path("number")
    );
    fs::write(path("configuration"), configuration).unwrap();
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let (key, ca, configuration) = (path("key"), path("ca"), path("configuration"));
    openssl(&[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=CA",
        "-config",
        &configuration,
        "-keyout",
        &key,
        "-out",
        &ca,
    ]);
    let before = cpu_seconds_of_children();
    openssl(&[
        "ca",
        "-gencrl",
        "-config",
        &configuration,
        "-keyfile",
        &key,
        "-cert",
        &ca,
        "-out",
        &path("crl"),
    ]);
    println!(
        "openssl ca -gencrl, {} entries: {:.0} ms",
        records.len(),
        (cpu_seconds_of_children() - before) * 1e3
    );
}

/// Runs the Python package `cryptography`, if it is installed.
pub(super) fn python_cryptography() {
    const PROGRAM: &str = "
import datetime, time
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
now = datetime.datetime(2026, 11, 22)
builder = x509.CertificateRevocationListBuilder().issuer_name(x509.Name([])).last_update(now)
builder = builder.next_update(now + datetime.timedelta(7))
reason = x509.CRLReason(x509.ReasonFlags.superseded)
started = time.process_time()
builder._revoked_certificates = [
    x509.RevokedCertificateBuilder().serial_number(n + 2**126).revocation_date(now).add_extension(reason, False).build()
    for n in range(100000)
]
builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
print(f'Python cryptography, 100000 entries: {(time.process_time() - started) * 1e3:.0f} ms')
";
    match Command::new("python3").args(["-c", PROGRAM]).output() {
        Ok(output) if output.status.success() => print!("{}", String::from_utf8_lossy(&output.stdout)),
        _ => println!("Python cryptography is not installed"),
    }
}
