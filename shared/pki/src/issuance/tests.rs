use std::{fs, time::Duration};

use rustls_pki_types::UnixTime;

use super::*;
use crate::{
    DirectoryString,
    certification_request::CompromisedKeys,
    crl_scope::ShardCount,
    test_support::{Folder, KeyKind, TestCa, openssl},
};

const MAILBOX: &str = "taro@example.jp";

pub(crate) fn profile(ca: &TestCa) -> IssuanceProfile {
    let policy = CertificatePolicy::new("1.2.392.200000.99.1", Some("https://example.jp/cps")).unwrap();
    let publication = "http://pki.example.jp".parse().unwrap();
    let now = ca.authority.not_before().plus(1);
    IssuanceProfile::new(ca.authority.clone(), publication, Some(policy), now).unwrap()
}

pub(crate) fn request(profile: &IssuanceProfile) -> IssuanceRequest {
    request_for(profile, &rcgen::PKCS_ECDSA_P256_SHA256)
}

fn request_for(profile: &IssuanceProfile, algorithm: &'static rcgen::SignatureAlgorithm) -> IssuanceRequest {
    let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
    let request = rcgen::CertificateParams::default().serialize_request(&key).unwrap();
    request_with(profile, request.der())
}

fn request_with(profile: &IssuanceProfile, certification_request: &[u8]) -> IssuanceRequest {
    let name = |text: &str| DirectoryString::try_from(text.to_owned()).unwrap();
    let serial_number = SerialNumber::from_random([0x5a; 16]);
    let not_before = profile.authority().not_before().plus(60);
    IssuanceRequest {
        crl_shard: CrlShard::assign(&serial_number, ShardCount::try_from(4).unwrap()),
        serial_number,
        subject: SubjectName::new(
            name("Sample Trading K.K."),
            OrganizationIdentifier::trade_register("7000012050002"),
            name("Mihon Taro"),
            &name("Mihon Taro"),
        ),
        mailbox: MAILBOX.parse().unwrap(),
        public_key: SubjectPublicKey::from_certification_request(
            certification_request,
            &CompromisedKeys::default(),
        )
        .unwrap(),
        validity: profile.validity(not_before, not_before.plus(400 * DAY)).unwrap(),
    }
}

#[test]
fn openssl_and_webpki_accept_the_issued_certificates() {
    for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa] {
        let ca = TestCa::named(kind);
        let profile = profile(&ca);
        for (algorithm, key_usage) in [
            (&rcgen::PKCS_ECDSA_P256_SHA256, "Digital Signature, Key Agreement"),
            (&rcgen::PKCS_ECDSA_P384_SHA384, "Digital Signature, Key Agreement"),
        ] {
            let request = request_for(&profile, algorithm);
            let issued = issue(&ca, &profile, &request);
            assert_eq!(issued.not_after(), request.validity.not_after());
            assert!(accepted_by_webpki(&ca, &issued));
            assert!(!accepted_by_webpki(&TestCa::named(kind), &issued));
            let text = accepted_by_openssl(&ca, &issued);
            for part in [
                key_usage,
                "C=JP,O=Sample Trading K.K.,organizationIdentifier=NTRJP-7000012050002,SN=Mihon,GN=Taro,CN=Mihon Taro",
                "E-mail Protection, TLS Web Client Authentication",
                "email:taro@example.jp",
                "Policy: 2.23.140.1.5.3.2",
                "CPS: https://example.jp/cps",
                "OCSP - URI:http://pki.example.jp/ocsp",
                "CA Issuers - URI:http://pki.example.jp/ca.cer",
                "URI:http://pki.example.jp/crl/shard-2.crl",
            ] {
                assert!(text.contains(part), "{part}: {text}");
            }
        }
    }
}

#[test]
fn an_rsa_key_of_a_request_is_certified_for_key_encipherment() {
    let folder = Folder::new();
    let (key, csr) = (folder.path("key.pem"), folder.path("csr.pem"));
    let made = openssl(
        &["req", "-new", "-newkey", "rsa:3072", "-nodes", "-keyout", &key, "-subj", "/CN=x", "-out", &csr],
        b"",
    );
    assert!(made.succeeded, "{}", made.output);
    let ca = TestCa::named(KeyKind::Rsa);
    let profile = profile(&ca);
    let issued = issue(&ca, &profile, &request_with(&profile, &fs::read(csr).unwrap()));
    assert!(accepted_by_webpki(&ca, &issued));
    assert!(accepted_by_openssl(&ca, &issued).contains("Digital Signature, Key Encipherment"));
}

#[test]
fn recorded_bytes_yield_the_same_certificate_later() {
    let ca = TestCa::named(KeyKind::P256);
    let profile = profile(&ca);
    let prepared = profile.prepare(&request(&profile)).unwrap();
    let later = PreparedCertificate::from_recorded(&profile, prepared.to_be_signed()).unwrap();
    assert_eq!(later.serial_number(), prepared.serial_number());
    let signature = ca.sign(later.digest().as_ref());
    assert_eq!(later.assemble(&signature), prepared.assemble(&signature));

    let other = TestCa::named(KeyKind::P256);
    assert!(matches!(
        PreparedCertificate::from_recorded(&super::tests::profile(&other), prepared.to_be_signed()),
        Err(IssuanceError::Lint(_))
    ));
    let signature = other.sign(prepared.digest().as_ref());
    assert!(matches!(prepared.assemble(&signature), Err(IssuanceError::BadSignature(_))));
    assert!(matches!(PreparedCertificate::from_recorded(&profile, b"0"), Err(IssuanceError::Malformed)));
}

#[test]
fn the_old_expiry_is_used_up_to_the_permitted_maximum() {
    let ca = TestCa::named(KeyKind::P256);
    let profile = profile(&ca);
    let start = ca.authority.not_before();
    let end = |now: Timestamp, not_after| profile.validity(now, not_after).map(Validity::not_after);
    assert_eq!(end(start, start.plus(100 * DAY)), Ok(start.plus(100 * DAY)));
    assert_eq!(end(start, start.plus(900 * DAY)), Ok(start.plus(824 * DAY - 1)));
    assert_eq!(end(start.plus(DAY), start.plus(900 * DAY)), Ok(start.plus(825 * DAY - BACKDATING - 1)));
    let last = ca.authority.not_after();
    assert_eq!(end(last.plus(-DAY), last.plus(DAY)), Ok(last));
    assert_eq!(end(start.plus(1), start), Err(IssuanceError::EmptyValidity));
    assert_eq!(end(start.plus(-1), start.plus(DAY)), Err(IssuanceError::EmptyValidity));
    assert_eq!(end(last.plus(1), last.plus(DAY)), Err(IssuanceError::EmptyValidity));
}

#[test]
fn not_before_precedes_the_issuance_by_five_minutes() {
    let ca = TestCa::named(KeyKind::P256);
    let (profile, start) = (profile(&ca), ca.authority.not_before());
    let begin = |now: Timestamp| profile.validity(now, start.plus(100 * DAY)).unwrap().not_before();
    assert_eq!(begin(start.plus(DAY)), start.plus(DAY - 300));
    // The certificate is never valid before the CA certificate.
    assert_eq!(begin(start.plus(299)), start);
}

#[test]
fn a_ca_that_cannot_issue_is_refused() {
    let new = |ca: &TestCa, now| {
        let publication = "http://pki.example.jp".parse().unwrap();
        IssuanceProfile::new(ca.authority.clone(), publication, None, now).err()
    };
    let ca = TestCa::named(KeyKind::P256);
    assert_eq!(new(&ca, ca.authority.not_after()), None);
    assert_eq!(new(&ca, ca.authority.not_after().plus(1)), Some(ProfileError::CaNotValid));
    assert_eq!(new(&ca, ca.authority.not_before().plus(-1)), Some(ProfileError::CaNotValid));
    // The CA name has two organizational units, but rcgen would encode only the last one.
    let ca = TestCa::new(KeyKind::P256);
    assert_eq!(new(&ca, ca.authority.not_after()), Some(ProfileError::Name));
}

fn issue(ca: &TestCa, profile: &IssuanceProfile, request: &IssuanceRequest) -> EndEntityCertificate {
    let prepared = profile.prepare(request).unwrap();
    let issued = prepared.assemble(&ca.sign(prepared.digest().as_ref())).unwrap();
    assert_eq!(issued.serial_number(), &request.serial_number);
    assert_eq!(issued.email_addresses(), [MAILBOX]);
    assert_eq!(issued.common_name(), Some("Mihon Taro"));
    issued
}

/// Verifies the certificate with openssl and returns the text form that openssl prints.
fn accepted_by_openssl(ca: &TestCa, issued: &EndEntityCertificate) -> String {
    let folder = Folder::new();
    let (path, attime) = (folder.path("issued.pem"), issued.not_before().as_seconds().to_string());
    fs::write(&path, issued.pem()).unwrap();
    // The purpose `smimeencrypt` is not tested, because openssl supports that purpose only for RSA keys.
    for purpose in ["smimesign", "sslclient"] {
        let ca = ca.certificate_path();
        let options =
            ["verify", "-x509_strict", "-attime", &attime, "-purpose", purpose, "-CAfile", &ca, &path];
        let verified = openssl(&options, b"");
        assert!(verified.succeeded, "{purpose}: {}", verified.output);
    }
    let options = ["x509", "-in", &path, "-noout", "-text", "-nameopt", "utf8,-esc_msb,sep_comma_plus"];
    openssl(&options, b"").output
}

/// Returns true if webpki, the verifier in rustls, accepts the certificate for client authentication.
fn accepted_by_webpki(ca: &TestCa, issued: &EndEntityCertificate) -> bool {
    let (root, subscriber) = (ca.authority.certificate_der().into(), issued.der().into());
    let anchors = [webpki::anchor_from_trusted_cert(&root).unwrap()];
    let now = Duration::from_secs(issued.not_before().as_seconds().try_into().unwrap());
    webpki::EndEntityCert::try_from(&subscriber)
        .unwrap()
        .verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &anchors,
            &[],
            UnixTime::since_unix_epoch(now),
            webpki::KeyUsage::client_auth(),
            None,
            None,
        )
        .is_ok()
}
