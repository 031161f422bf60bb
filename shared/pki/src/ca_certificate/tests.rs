use std::fs;

use super::*;
use crate::{
    DAY,
    test_support::{Folder, KeyKind, TestCa, openssl},
};

fn name() -> CaName {
    CaName::new("JP", "電子認証試験株式会社", "Test Issuing CA").unwrap()
}

fn lifetime() -> CaLifetime {
    CaLifetime::from_days(3650).unwrap()
}

fn root(holder: &TestCa) -> CertificationAuthority {
    let serial_number = SerialNumber::from_random([0x2a; 16]);
    let key = holder.authority.public_key();
    let prepared =
        PreparedRoot::new(&name(), lifetime(), key, &serial_number, holder.authority.not_before()).unwrap();
    prepared.assemble(&holder.sign(prepared.digest().as_ref())).unwrap()
}

#[test]
fn openssl_accepts_the_root() {
    for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa3072] {
        let holder = TestCa::new(kind);
        let ca = root(&holder);
        assert_eq!(ca.public_key(), holder.authority.public_key());
        assert_eq!(ca.not_after().since(ca.not_before()), 3650 * DAY - 1);
        let folder = Folder::new();
        let path = folder.path("root.pem");
        fs::write(&path, ca.certificate_pem()).unwrap();
        let verified = openssl(&["verify", "-x509_strict", "-check_ss_sig", "-CAfile", &path, &path], b"");
        assert!(verified.succeeded, "{}", verified.output);
        let options = ["x509", "-in", &path, "-noout", "-text", "-nameopt", "utf8,-esc_msb,sep_comma_plus"];
        let text = openssl(&options, b"").output;
        for part in [
            "C=JP,O=電子認証試験株式会社,CN=Test Issuing CA",
            "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0",
            "X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let outline = openssl(&["asn1parse", "-in", &path], b"").output;
        assert!(outline.contains("PRINTABLESTRING   :JP"), "{outline}");
    }
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let (holder, other) = (TestCa::new(KeyKind::P256), TestCa::new(KeyKind::P256));
    let serial_number = SerialNumber::from_random([1; 16]);
    let (key, now) = (holder.authority.public_key(), holder.authority.not_before());
    let prepared = PreparedRoot::new(&name(), lifetime(), key, &serial_number, now).unwrap();
    let signature = other.sign(prepared.digest().as_ref());
    assert_eq!(prepared.assemble(&signature), Err(CaCertificateError::BadSignature(BadSignature)));
}

#[test]
fn unsafe_settings_are_refused() {
    for (country, organization, common_name, error) in [
        ("jp", "O", "CN", CaSettingError::Country),
        ("JPN", "O", "CN", CaSettingError::Country),
        ("JP", " ", "CN", CaSettingError::Organization),
        ("JP", "O", "", CaSettingError::CommonName),
    ] {
        assert_eq!(CaName::new(country, organization, common_name), Err(error));
    }
    assert_eq!(CaLifetime::MINIMUM, 1650);
    for days in [0, 1649, 9133] {
        assert_eq!(CaLifetime::from_days(days), Err(CaSettingError::Lifetime));
    }
    let weak = TestCa::new(KeyKind::Rsa);
    let prepared = PreparedCaRequest::new(&name(), weak.authority.public_key());
    assert_eq!(prepared.err(), Some(CaCertificateError::Key(CaKeyError)));
}

/// A CA whose certificate was issued by a parent CA with openssl.
struct Offline {
    parent: TestCa,
    holder: TestCa,
    issued: Vec<u8>,
}

impl Offline {
    fn new(extensions: &str) -> Self {
        Self::below(TestCa::offline_root(), extensions)
    }

    fn below(parent: TestCa, extensions: &str) -> Self {
        let holder = TestCa::new(KeyKind::P384);
        let prepared = PreparedCaRequest::new(&name(), holder.authority.public_key()).unwrap();
        let request = prepared.assemble(&holder.sign(prepared.digest().as_ref())).unwrap();
        let read = openssl(&["req", "-verify", "-noout", "-text"], request.as_bytes());
        assert!(read.succeeded && read.output.contains("CA:TRUE, pathlen:0"), "{}", read.output);
        let issued = parent.certify(&request, extensions);
        Self { parent, holder, issued }
    }

    fn import(&self) -> Result<CertificationAuthority, CaImportError> {
        let now = self.holder.authority.not_before().plus(DAY);
        let parent = self.parent.authority.certificate_pem();
        import(&self.issued, parent.as_bytes(), self.holder.authority.public_key(), now)
    }
}

const ISSUED_CA: &str = "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n\
                         subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid";

#[test]
fn a_certificate_from_the_parent_is_imported() {
    let offline = Offline::new(ISSUED_CA);
    let ca = offline.import().unwrap();
    assert_eq!(ca.public_key(), offline.holder.authority.public_key());
    assert_ne!(ca.certificate_der(), offline.holder.authority.certificate_der());
}

#[test]
fn a_certificate_without_a_valid_path_or_key_is_not_imported() {
    let offline = Offline::new(ISSUED_CA);
    let parent = offline.parent.authority.certificate_pem();
    let (key, now) = (offline.holder.authority.public_key(), offline.holder.authority.not_before().plus(DAY));
    let result = |parents: &str, key, now| import(&offline.issued, parents.as_bytes(), key, now).err();
    assert_eq!(result("", key, now), Some(CaImportError::NoPath));
    let stranger = TestCa::offline_root();
    assert_eq!(result(&stranger.authority.certificate_pem(), key, now), Some(CaImportError::BrokenPath(0)));
    assert_eq!(result(&parent, stranger.authority.public_key(), now), Some(CaImportError::OtherKey));
    assert_eq!(result(&parent, key, now.plus(-2 * DAY)), Some(CaImportError::NotValid(0)));
    assert_eq!(result("-----BEGIN CERTIFICATE-----\n!", key, now), Some(CaImportError::MalformedPath));

    let no_ca = Offline::new("basicConstraints=critical,CA:FALSE");
    assert_eq!(no_ca.import(), Err(CaImportError::Ca(CaError::NotACa)));
    // A CA whose certificate has the path length constraint 0 cannot issue certificates to other CAs.
    let too_deep = Offline::below(TestCa::named(KeyKind::P256), ISSUED_CA);
    assert_eq!(too_deep.import(), Err(CaImportError::NotAnIssuer(1)));
}
