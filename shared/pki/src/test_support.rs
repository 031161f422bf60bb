//! Creates test CAs with the openssl command, which also verifies the output of this crate.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use super::CertificationAuthority;

/// The extensions that every CA certificate requires, in the syntax of openssl.
pub(crate) const CA_EXTENSIONS: [&str; 3] = [
    "basicConstraints=critical,CA:TRUE,pathlen:0",
    "keyUsage=critical,keyCertSign,cRLSign",
    "subjectKeyIdentifier=hash",
];

/// A name with two attributes of the same type, a multi-valued RelativeDistinguishedName and several string types.
const SUBJECT: &str = "/C=JP/O=電子認証試験株式会社/OU=First/OU=Second+serialNumber=1/CN=Test CA";

#[derive(Clone, Copy)]
pub(crate) enum KeyKind {
    P256,
    P384,
    /// An RSA key with a modulus of 2048 bits.
    Rsa,
    Rsa3072,
}

pub(crate) struct TestCa {
    pub(crate) authority: CertificationAuthority,
    kind: KeyKind,
    folder: Folder,
}

impl TestCa {
    pub(crate) fn new(kind: KeyKind) -> Self {
        Self::with(kind, SUBJECT, &CA_EXTENSIONS)
    }

    /// Creates a CA that can issue certificates, because rcgen can encode its name.
    pub(crate) fn named(kind: KeyKind) -> Self {
        Self::with(kind, "/C=JP/O=Test Operator/CN=Test Issuing CA", &CA_EXTENSIONS)
    }

    /// Creates a root CA that can issue certificates to other CAs.
    pub(crate) fn offline_root() -> Self {
        let [_, key_usage, key_identifier] = CA_EXTENSIONS;
        let extensions = ["basicConstraints=critical,CA:TRUE", key_usage, key_identifier];
        Self::with(KeyKind::P384, "/C=JP/O=Test Operator/CN=Test Root CA", &extensions)
    }

    fn with(kind: KeyKind, subject: &str, extensions: &[&str]) -> Self {
        let folder = Folder::new();
        let certificate = make_certificate(&folder, kind, subject, extensions);
        Self { authority: CertificationAuthority::from_certificate(&certificate).unwrap(), kind, folder }
    }

    /// Creates a self-signed PEM certificate with the given extensions.
    pub(crate) fn certificate_with(kind: KeyKind, subject: &str, extensions: &[&str]) -> Vec<u8> {
        make_certificate(&Folder::new(), kind, subject, extensions)
    }

    /// Signs a digest, as KMS does with `MessageType=DIGEST`.
    pub(crate) fn sign(&self, digest: &[u8]) -> Vec<u8> {
        let hash = if matches!(self.kind, KeyKind::P384) { "digest:sha384" } else { "digest:sha256" };
        let digest_path = self.folder.path("digest");
        fs::write(&digest_path, digest).unwrap();
        let key_path = self.folder.path("key.pem");
        let signature_path = self.folder.path("signature");
        let signed = openssl(
            &[
                "pkeyutl",
                "-sign",
                "-inkey",
                &key_path,
                "-pkeyopt",
                hash,
                "-in",
                &digest_path,
                "-out",
                &signature_path,
            ],
            b"",
        );
        assert!(signed.succeeded, "{}", signed.output);
        fs::read(signature_path).unwrap()
    }

    /// Generates a new key and issues a PEM certificate for the key with openssl.
    pub(crate) fn issue(&self, subject: &str, serial_number: &str, extensions: &str) -> Vec<u8> {
        let (csr, key) = (self.folder.path("csr"), self.folder.path("subject.pem"));
        let request = openssl(
            &[
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                &key,
                "-utf8",
                "-subj",
                subject,
                "-out",
                &csr,
            ],
            b"",
        );
        assert!(request.succeeded, "{}", request.output);
        self.certify_file(&csr, serial_number, extensions, &["-days", "100"])
    }

    /// Issues a PEM certificate for a PEM certification request with openssl. `options` are additional options of
    /// `openssl x509`.
    pub(crate) fn certify(&self, request: &str, extensions: &str, options: &[&str]) -> Vec<u8> {
        let csr = self.folder.path("csr");
        fs::write(&csr, request).unwrap();
        self.certify_file(&csr, "0x5a5a", extensions, options)
    }

    fn certify_file(&self, csr: &str, serial_number: &str, extensions: &str, options: &[&str]) -> Vec<u8> {
        let (list, out) = (self.folder.path("extensions"), self.folder.path("issued.pem"));
        fs::write(&list, extensions).unwrap();
        let (ca, ca_key) = (self.certificate_path(), self.folder.path("key.pem"));
        let files = ["-in", csr, "-CA", &ca, "-CAkey", &ca_key, "-extfile", &list, "-out", &out];
        let issue = [&["x509", "-req", "-set_serial", serial_number], &files[..], options].concat();
        let issued = openssl(&issue, b"");
        assert!(issued.succeeded, "{}", issued.output);
        fs::read(out).unwrap()
    }

    pub(crate) fn certificate_path(&self) -> String {
        self.folder.path("ca.pem")
    }
}

fn make_certificate(folder: &Folder, kind: KeyKind, subject: &str, extensions: &[&str]) -> Vec<u8> {
    let (key, certificate) = (folder.path("key.pem"), folder.path("ca.pem"));
    let (algorithm, option) = match kind {
        KeyKind::P256 => ("ec", "ec_paramgen_curve:P-256"),
        KeyKind::P384 => ("ec", "ec_paramgen_curve:P-384"),
        KeyKind::Rsa => ("rsa", "rsa_keygen_bits:2048"),
        KeyKind::Rsa3072 => ("rsa", "rsa_keygen_bits:3072"),
    };
    // The test provides its own configuration, because openssl would otherwise add extensions from the system's
    // configuration.
    let configuration = folder.path("openssl.cnf");
    fs::write(&configuration, "[req]\ndistinguished_name=dn\nstring_mask=utf8only\n[dn]\n").unwrap();
    let mut command = vec![
        "req",
        "-x509",
        "-config",
        &configuration,
        "-newkey",
        algorithm,
        "-pkeyopt",
        option,
        "-nodes",
        "-keyout",
        &key,
        "-utf8",
        "-multivalue-rdn",
        "-subj",
        subject,
        "-days",
        "3650",
        "-out",
        &certificate,
    ];
    for extension in extensions {
        command.extend(["-addext", extension]);
    }
    let made = openssl(&command, b"");
    assert!(made.succeeded, "{}", made.output);
    fs::read(certificate).unwrap()
}

pub(crate) struct Judgement {
    pub(crate) succeeded: bool,
    pub(crate) output: String,
}

/// Runs the openssl command with `input` as its standard input.
pub(crate) fn openssl(arguments: &[&str], input: &[u8]) -> Judgement {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tests need the openssl command");
    // A write error is ignored, because openssl may exit before it has read the whole input.
    let _ = child.stdin.take().unwrap().write_all(input);
    let finished = child.wait_with_output().unwrap();
    let output = [finished.stdout, finished.stderr].concat();
    Judgement { succeeded: finished.status.success(), output: String::from_utf8_lossy(&output).into_owned() }
}

/// A temporary directory that is deleted when the value is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("cert-reissue-pki-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
