//! Writes samples for openssl and pkilint. The samples include all kinds of CA certificates, subscriber certificates,
//! CRLs and OCSP responses. The samples of each CA are in a separate folder.
//!
//! openssl replaces KMS, so it generates the keys and signs the digests.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use shared::{
    adapters::system::{SystemClock, SystemEntropy},
    domain::{
        DAY, Timestamp,
        crl_scope::{CrlShard, ShardCount},
        numbers::SerialNumber,
        publication::PublicationUrl,
        revocation::{CertificateStatus, RevocationReason, RevokedCertificate},
    },
    pki::{
        CertificatePolicy, CertificationAuthority, CompromisedKeys, CrlFields, EntryEncoder, IssuanceProfile,
        IssuanceRequest, OrganizationIdentifier, PublicKey, SubjectName, SubjectPublicKey, TbsEnvelope,
        ca_certificate::{CaLifetime, CaName, PreparedCaRequest, PreparedRoot},
        ocsp::{OcspRequest, PreparedResponderCertificate, PreparedResponse},
        pkcs7,
    },
    ports::{Clock, Entropy},
};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The name of a key type, and the openssl options that generate a key of this type.
type KeyKind = (&'static str, [&'static str; 4]);

const P256: KeyKind = ("p256", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
const P384: KeyKind = ("p384", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]);
const RSA_2048: KeyKind = ("rsa2048", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]);
const RSA_3072: KeyKind = ("rsa3072", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"]);
const RSA_4096: KeyKind = ("rsa4096", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"]);

fn main() -> Outcome<()> {
    let folder: PathBuf = std::env::args_os().nth(1).ok_or("which folder?")?.into();
    let subject_keys = folder.join("subject-keys");
    fs::create_dir_all(&subject_keys)?;
    for kind in [P256, P384, RSA_2048, RSA_4096] {
        make_key(&subject_keys.join(kind.0), kind)?;
    }
    for kind in [P256, P384, RSA_3072] {
        write_ca(&folder.join(kind.0), kind, &subject_keys)?;
    }
    Ok(())
}

/// Creates a CA, and writes its certificates, CRLs and OCSP responses to `folder`.
fn write_ca(folder: &Path, kind: KeyKind, subject_keys: &Path) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    let now = SystemClock.now().plus(-60);
    let key = CaKey::make(folder.join("ca-key"), kind)?;
    let name = CaName::new("JP", "Sample Trust K.K.", "Sample Issuing CA")?;

    let request = PreparedCaRequest::new(&name, &key.public_key)?;
    fs::write(folder.join("ca-request.pem"), request.assemble(&key.sign(request.digest().as_ref())?)?)?;
    let lifetime = CaLifetime::from_days(3650)?;
    let root = PreparedRoot::new(&name, lifetime, &key.public_key, &serial_number()?, now)?;
    let authority = root.assemble(&key.sign(root.digest().as_ref())?)?;
    fs::write(folder.join("ca.pem"), authority.certificate_pem())?;

    let shard = "http://pki.example.jp".parse::<PublicationUrl>()?.crl("shard-3".parse()?);
    for (name, distribution_point) in [("complete", None), ("shard", Some(shard))] {
        for (number, entries) in [(1, 0), (2, 1), (3, 1000)] {
            let fields = CrlFields {
                number,
                this_update: now,
                next_update: now.plus(7 * DAY),
                distribution_point: distribution_point.clone(),
            };
            let crl = crl(&authority, &key, &fields, entries)?;
            fs::write(folder.join(format!("{name}-{entries}.crl")), crl)?;
        }
    }
    write_ocsp(folder, &authority, &key, now)?;
    let policy = CertificatePolicy::new("1.2.392.200000.99.1", Some("https://pki.example.jp/cps"))?;
    let profile = |own_policy| {
        IssuanceProfile::new(authority.clone(), "http://pki.example.jp".parse()?, own_policy, now)
            .map_err(Box::<dyn Error>::from)
    };
    for (name, own_policy, kind, personal_name) in [
        ("p256", None, P256, "Mihon Taro"),
        ("p384", None, P384, "Mihon Taro"),
        ("rsa2048", None, RSA_2048, "Mihon Taro"),
        ("rsa4096", Some(&policy), RSA_4096, "Mihon Taro"),
        ("one-name", Some(&policy), P256, "Sukarno"),
    ] {
        let profile = profile(own_policy.cloned())?;
        let issued = issue(&profile, &key, &subject_keys.join(kind.0), personal_name, now)?;
        fs::write(folder.join(format!("subscriber-{name}.pem")), issued)?;
    }
    let certificates = [authority.certificate_der()];
    fs::write(folder.join("ca.p7c"), pkcs7::certificates_only(&certificates))?;
    Ok(())
}

/// Issues a subscriber certificate, in PEM format, for the key in the file `key`.
fn issue(
    profile: &IssuanceProfile,
    ca_key: &CaKey,
    key: &Path,
    personal_name: &str,
    now: Timestamp,
) -> Outcome<String> {
    let request = key.with_extension("csr");
    openssl(&["req", "-new", "-subj", "/CN=ignored", "-key", text(key)?, "-out", text(&request)?])?;
    let serial_number = serial_number()?;
    let prepared = profile.prepare(&IssuanceRequest {
        crl_shard: CrlShard::assign(&serial_number, ShardCount::try_from(4)?),
        serial_number,
        subject: SubjectName::new(
            "Sample Trading K.K.".to_owned().try_into()?,
            OrganizationIdentifier::trade_register("7000012050002"),
            personal_name.to_owned().try_into()?,
            &personal_name.to_owned().try_into()?,
        ),
        mailbox: "taro@example.com".parse()?,
        public_key: SubjectPublicKey::from_certification_request(
            &fs::read(request)?,
            &CompromisedKeys::default(),
        )?,
        validity: profile.validity(now, now.plus(900 * DAY))?,
    })?;
    Ok(prepared.assemble(&ca_key.sign(prepared.digest().as_ref())?)?.pem())
}

/// Writes an OCSP responder's certificate, and one response for each status.
fn write_ocsp(
    folder: &Path,
    authority: &CertificationAuthority,
    ca_key: &CaKey,
    now: Timestamp,
) -> Outcome<()> {
    let key = CaKey::make(folder.join("responder-key"), P256)?;
    let prepared = PreparedResponderCertificate::new(authority, &key.public_key, &serial_number()?, now)?;
    let responder = prepared.assemble(&ca_key.sign(prepared.digest().as_ref())?)?;
    fs::write(folder.join("responder.pem"), responder.pem())?;

    let request = folder.join("request.ocsp");
    let ca = folder.join("ca.pem");
    openssl(&["ocsp", "-issuer", text(&ca)?, "-serial", "0x1234", "-no_nonce", "-reqout", text(&request)?])?;
    let request = OcspRequest::parse(&fs::read(request)?)?;
    let revoked = CertificateStatus::Revoked { reason: RevocationReason::Superseded, at: now.plus(-DAY) };
    let cert_id = request.cert_id(authority).ok_or("the request names another CA")?;
    for (name, status, nonce) in [
        ("good", CertificateStatus::Good, None),
        ("revoked", revoked, None),
        ("nonce", CertificateStatus::Good, Some(&[7; 32][..])),
    ] {
        let prepared = PreparedResponse::new(&responder, &cert_id, status, nonce, now)?;
        let response = prepared.assemble(&key.sign(prepared.digest().as_ref())?)?;
        fs::write(folder.join(format!("{name}.ocsp-response")), response.der)?;
    }
    Ok(())
}

/// Returns a DER-encoded CRL with this number of entries.
fn crl(
    authority: &CertificationAuthority,
    key: &CaKey,
    fields: &CrlFields,
    count: usize,
) -> Outcome<Vec<u8>> {
    let (mut encoder, mut entries) = (EntryEncoder::default(), Vec::new());
    for _ in 0..count {
        encoder.encode(&revoked(fields.this_update)?, &mut entries);
    }
    let envelope = TbsEnvelope::new(authority, fields, entries.len() as u64)?;
    let to_be_signed = [envelope.before_entries(), &entries, envelope.after_entries()].concat();
    let digest = authority.signature_algorithm().digest(&to_be_signed);
    let (before, after) = envelope.signed_parts(digest.as_ref(), &key.sign(digest.as_ref())?)?;
    Ok([before, to_be_signed, after].concat())
}

fn revoked(now: Timestamp) -> Outcome<RevokedCertificate> {
    Ok(RevokedCertificate {
        serial_number: serial_number()?,
        revoked_at: now.plus(-DAY),
        reason: RevocationReason::Superseded,
        not_after: now.plus(DAY),
        crl_shard: None,
    })
}

fn serial_number() -> Outcome<SerialNumber> {
    let mut octets = [0; 16];
    SystemEntropy.fill(&mut octets)?;
    Ok(SerialNumber::from_random(octets))
}

/// A CA's private key, in a file that openssl can read.
struct CaKey {
    path: PathBuf,
    public_key: PublicKey,
    hash: &'static str,
}

impl CaKey {
    fn make(path: PathBuf, kind: KeyKind) -> Outcome<Self> {
        make_key(&path, kind)?;
        let spki = path.with_extension("spki");
        openssl(&["pkey", "-in", text(&path)?, "-pubout", "-outform", "DER", "-out", text(&spki)?])?;
        let hash = if kind == P384 { "digest:sha384" } else { "digest:sha256" };
        Ok(Self { public_key: PublicKey::from_spki_der(&fs::read(spki)?)?, path, hash })
    }

    fn sign(&self, digest: &[u8]) -> Outcome<Vec<u8>> {
        let (input, output) = (self.path.with_extension("digest"), self.path.with_extension("signature"));
        fs::write(&input, digest)?;
        let (key, input, output) = (text(&self.path)?, text(&input)?, text(&output)?);
        openssl(&["pkeyutl", "-sign", "-inkey", key, "-pkeyopt", self.hash, "-in", input, "-out", output])?;
        Ok(fs::read(output)?)
    }
}

fn make_key(path: &Path, (_, options): KeyKind) -> Outcome<()> {
    openssl(&[&["genpkey", "-out", text(path)?][..], &options].concat())
}

fn openssl(arguments: &[&str]) -> Outcome<()> {
    let output = Command::new("openssl").args(arguments).output()?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
}

fn text(path: &Path) -> Outcome<&str> {
    path.to_str().ok_or_else(|| "a folder whose name is text, please".into())
}
