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
        Self::below(TestCa::offline_root(), extensions, &TEN_YEARS)
    }

    fn below(parent: TestCa, extensions: &str, options: &[&str]) -> Self {
        let holder = TestCa::new(KeyKind::P384);
        let issued = parent.certify(&request(&holder), extensions, options);
        Self { parent, holder, issued }
    }

    fn import(&self) -> Result<CertificationAuthority, CaImportError> {
        self.import_with(&self.parent.authority.certificate_pem())
    }

    fn import_with(&self, parents: &str) -> Result<CertificationAuthority, CaImportError> {
        let now = self.holder.authority.not_before().plus(DAY);
        import(&self.issued, parents.as_bytes(), self.holder.authority.public_key(), now)
    }

    /// Returns true if openssl accepts a subscriber certificate of this CA for email and for client authentication.
    fn openssl_accepts_a_subscriber_certificate(&self) -> bool {
        let ca = self.holder.certificate_path();
        fs::write(&ca, &self.issued).unwrap();
        let subscriber = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n\
                          extendedKeyUsage=emailProtection,clientAuth\nsubjectAltName=email:hanako@example.jp\n\
                          certificatePolicies=2.23.140.1.5.3.2\nsubjectKeyIdentifier=hash\n\
                          authorityKeyIdentifier=keyid";
        let leaf = self.holder.issue("/C=JP/CN=Hanako", "0x5a", subscriber);
        let root = self.parent.certificate_path();
        ["smimesign", "sslclient"].into_iter().all(|purpose| {
            let policy = ["-policy_check", "-policy", "2.23.140.1.5.3.2"];
            let rules = ["verify", "-x509_strict", "-auth_level", "2", "-purpose", purpose];
            let files = ["-CAfile", &root, "-untrusted", &ca];
            openssl(&[&rules[..], &policy, &files].concat(), &leaf).succeeded
        })
    }
}

/// Returns a certification request for the key of `holder`.
fn request(holder: &TestCa) -> String {
    let prepared = PreparedCaRequest::new(&name(), holder.authority.public_key()).unwrap();
    let request = prepared.assemble(&holder.sign(prepared.digest().as_ref())).unwrap();
    let read = openssl(&["req", "-verify", "-noout", "-text"], request.as_bytes());
    assert!(read.succeeded && read.output.contains("CA:TRUE, pathlen:0"), "{}", read.output);
    request
}

const TEN_YEARS: [&str; 2] = ["-days", "3600"];

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
    let too_deep = Offline::below(TestCa::named(KeyKind::P256), ISSUED_CA, &TEN_YEARS);
    assert_eq!(too_deep.import(), Err(CaImportError::NotAnIssuer(1)));
}

/// The clause that `import` names for a certificate of an imported path, with the index of the certificate.
fn violated(imported: Result<CertificationAuthority, CaImportError>) -> Option<(usize, &'static str)> {
    match imported {
        Err(CaImportError::Rule(error)) => Some((error.index, error.citation)),
        _ => None,
    }
}

/// openssl accepts the certificates below a CA certificate with a keyUsage that is not critical, and does not know how
/// long subscriber certificates are valid.
#[test]
fn a_ca_below_which_nothing_validates_is_refused() {
    assert!(Offline::new(ISSUED_CA).openssl_accepts_a_subscriber_certificate());
    let purposes = "extendedKeyUsage=emailProtection,clientAuth";
    let policy = "policyConstraints=critical,requireExplicitPolicy:0\ncertificatePolicies=2.23.140.1.5.3.2";
    let any_policy = "policyConstraints=critical,requireExplicitPolicy:0\ncertificatePolicies=anyPolicy";
    for addition in [purposes, policy, any_policy] {
        let offline = Offline::new(&format!("{ISSUED_CA}\n{addition}"));
        assert!(offline.import().is_ok(), "{addition}");
        assert!(offline.openssl_accepts_a_subscriber_certificate(), "{addition}");
    }

    let changed = |from: &str, to: &str| {
        let extensions = ISSUED_CA.replace(from, to);
        assert_ne!(extensions, ISSUED_CA);
        extensions
    };
    let with = |addition: &str| format!("{ISSUED_CA}\n{addition}");
    let cases = [
        (with("extendedKeyUsage=emailProtection"), "SBR §7.1.2.2 g"),
        (with("extendedKeyUsage=clientAuth"), "SBR §7.1.2.2 g"),
        (with("extendedKeyUsage=serverAuth"), "SBR §7.1.2.2 g"),
        (with("nameConstraints=critical,permitted;email:example.com"), "RFC 5280 §4.2.1.10"),
        (with("1.3.6.1.4.1.55555.1=critical,DER:0500"), "RFC 5280 §4.2"),
        (with("policyConstraints=critical,requireExplicitPolicy:0"), "RFC 5280 §4.2.1.11"),
        (
            with("policyConstraints=critical,requireExplicitPolicy:0\ncertificatePolicies=1.2.3.4"),
            "RFC 5280 §4.2.1.11",
        ),
        (changed("basicConstraints=critical,", "basicConstraints="), "RFC 5280 §4.2.1.9"),
        (changed("authorityKeyIdentifier=keyid", "authorityKeyIdentifier=none"), "RFC 5280 §4.2.1.1"),
    ];
    for (extensions, clause) in cases {
        let offline = Offline::new(&extensions);
        assert_eq!(violated(offline.import()), Some((0, clause)), "{extensions}");
        assert!(!offline.openssl_accepts_a_subscriber_certificate(), "{extensions}");
    }
    let sha1 = Offline::below(TestCa::offline_root(), ISSUED_CA, &["-days", "3600", "-sha1"]);
    assert_eq!(violated(sha1.import()), Some((0, "SBR §7.1.3.2")));
    assert!(!sha1.openssl_accepts_a_subscriber_certificate());

    let key_usage = Offline::new(&changed("keyUsage=critical,", "keyUsage="));
    assert_eq!(violated(key_usage.import()), Some((0, "SBR §7.1.2.2 e")));
    let short = |days| Offline::below(TestCa::offline_root(), ISSUED_CA, &["-days", days]).import();
    // The import takes place one day after the issuance.
    assert_eq!(violated(short("825")), Some((0, "SBR §6.3.2")));
    assert!(short("826").is_ok());
    let without_identifier = Offline::new(&changed("subjectKeyIdentifier=hash", "subjectKeyIdentifier=none"));
    assert_eq!(without_identifier.import(), Err(CaImportError::Ca(CaError::NoSubjectKeyIdentifier)));
}

#[test]
fn the_rules_apply_to_intermediate_cas() {
    const INTERMEDIATE_CA: &str = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n\
                                   subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid";
    for (addition, expected) in [
        ("", None),
        ("extendedKeyUsage=emailProtection,clientAuth,serverAuth", None),
        ("extendedKeyUsage=serverAuth", Some((1, "SBR §7.1.2.2 g"))),
        ("nameConstraints=permitted;email:example.com", Some((1, "RFC 5280 §4.2.1.10"))),
        // The requirement also applies to the certificate below.
        (
            "policyConstraints=critical,requireExplicitPolicy:1\ncertificatePolicies=anyPolicy",
            Some((0, "RFC 5280 §4.2.1.11")),
        ),
    ] {
        let (root, intermediate) = (TestCa::offline_root(), TestCa::named(KeyKind::P384));
        let extensions = format!("{INTERMEDIATE_CA}\n{addition}");
        let certificate = root.certify(&request(&intermediate), &extensions, &TEN_YEARS);
        fs::write(intermediate.certificate_path(), &certificate).unwrap();
        let offline = Offline::below(intermediate, ISSUED_CA, &TEN_YEARS);
        let parents = String::from_utf8(certificate).unwrap() + &root.authority.certificate_pem();
        let imported = offline.import_with(&parents);
        assert_eq!(imported.is_ok(), expected.is_none(), "{addition}: {imported:?}");
        assert_eq!(violated(imported), expected, "{addition}");
    }
}
