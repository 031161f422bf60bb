//! Tests that openssl and x509-parser accept the generated CRLs and read the same values.

use super::*;
use crate::{
    SerialNumber,
    revocation::{RevocationReason, RevokedCertificate},
    test_support::{KeyKind, TestCa, openssl},
};

/// 2026-11-22T20:08:22Z
const NOW: i64 = 1_795_378_102;
const SHARD: &str = "http://pki.example.jp/crl/shard-7.crl";

fn at(seconds: i64) -> Timestamp {
    Timestamp::try_from(seconds).unwrap()
}

fn revoked(serial_number: &[u8], reason: RevocationReason) -> RevokedCertificate {
    RevokedCertificate {
        serial_number: SerialNumber::from_be_bytes(serial_number).unwrap(),
        revoked_at: at(NOW - DAY),
        reason,
        not_after: at(NOW + 100 * DAY),
        crl_shard: None,
    }
}

fn fields(number: u64, distribution_point: Option<&str>) -> CrlFields {
    CrlFields {
        number,
        this_update: at(NOW),
        next_update: at(NOW + 7 * DAY),
        distribution_point: distribution_point.map(str::to_owned),
    }
}

/// Returns a signed CRL that contains the encoded entries.
pub(crate) fn signed_crl(ca: &TestCa, fields: &CrlFields, entries: &[u8]) -> Vec<u8> {
    let envelope = TbsEnvelope::new(&ca.authority, fields, entries.len() as u64).unwrap();
    let tbs = [envelope.before_entries(), entries, envelope.after_entries()].concat();
    assert_eq!(tbs.len() as u64, envelope.length());
    let digest = ca.authority.signature_algorithm().digest(&tbs);
    let (before, after) = envelope.signed_parts(digest.as_ref(), &ca.sign(digest.as_ref())).unwrap();
    [before, tbs, after].concat()
}

fn encoded(list: &[RevokedCertificate]) -> Vec<u8> {
    let (mut encoder, mut entries) = (EntryEncoder::default(), Vec::new());
    for revoked in list {
        encoder.encode(revoked, &mut entries);
    }
    entries
}

fn read(crl: &[u8]) -> Result<CrlContents, CrlError> {
    CrlReader::new(crl)?.finish()
}

fn verified(crl: &[u8], ca: &TestCa) -> Result<CrlSummary, CrlError> {
    read(crl)?.verify(&ca.authority)
}

fn openssl_text(ca: &TestCa, crl: &[u8]) -> String {
    let command = ["crl", "-inform", "DER", "-noout", "-text", "-verify", "-CAfile", &ca.certificate_path()];
    let judged = openssl(&command, crl);
    assert!(judged.succeeded && judged.output.contains("verify OK"), "{}", judged.output);
    judged.output
}

#[test]
fn openssl_accepts_every_crl_form_with_every_key_type() {
    // The first serial number requires a leading zero octet, and the second has the maximum length of 20 octets.
    let two = [
        revoked(&[0x80, 1], RevocationReason::Superseded),
        revoked(&[0x7f; 20], RevocationReason::KeyCompromise),
    ];
    let many: Vec<_> =
        (1..=3000_u16).map(|n| revoked(&n.to_be_bytes(), RevocationReason::Superseded)).collect();
    for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa] {
        let ca = TestCa::new(kind);
        for list in [&two[..0], &two[..1], &two, &many] {
            for distribution_point in [None, Some(SHARD)] {
                let crl = signed_crl(&ca, &fields(u64::MAX, distribution_point), &encoded(list));
                let text = openssl_text(&ca, &crl);
                assert_eq!(text.matches("Serial Number:").count(), list.len());
                assert!(text.contains("18446744073709551615"), "{text}");
                assert!(text.contains("X509v3 Authority Key Identifier"), "{text}");
                assert!(text.contains("Last Update: Nov 22 20:08:22 2026 GMT"), "{text}");
                assert_eq!(
                    text.contains("X509v3 Issuing Distribution Point: critical"),
                    distribution_point.is_some()
                );
                assert_eq!(text.contains(SHARD) && text.contains("Only User"), distribution_point.is_some());
                let summary = verified(&crl, &ca).unwrap();
                assert_eq!((summary.number, summary.entry_count), (u64::MAX, list.len() as u64));
                assert_eq!((summary.this_update, summary.next_update), (at(NOW), at(NOW + 7 * DAY)));
            }
        }
    }
}

#[test]
fn openssl_reads_every_reason_with_its_name() {
    let ca = TestCa::new(KeyKind::P256);
    for &reason in RevocationReason::ALL {
        let crl = signed_crl(&ca, &fields(1, None), &encoded(&[revoked(&[1], reason)]));
        let text = openssl_text(&ca, &crl);
        let (_, after) = text.split_once("X509v3 CRL Reason Code:").unwrap();
        let name = after.trim_start().lines().next().unwrap().replace(' ', "");
        assert!(
            serde_json::to_value(reason).unwrap().as_str().unwrap().eq_ignore_ascii_case(&name),
            "{text}"
        );
    }
}

#[test]
fn entries_are_read_in_the_same_way_as_by_x509_parser() {
    use x509_parser::prelude::FromDer;
    let ca = TestCa::new(KeyKind::P256);
    let list: Vec<_> =
        (1..=3000_u32).map(|n| revoked(&(n * 77_777).to_be_bytes(), RevocationReason::Superseded)).collect();
    let crl = signed_crl(&ca, &fields(1, None), &encoded(&list));
    let (_, judge) = x509_parser::revocation_list::CertificateRevocationList::from_der(&crl).unwrap();
    let mut reader = CrlReader::new(&crl[..]).unwrap();
    for expected in judge.iter_revoked_certificates() {
        let entry = reader.next_entry().unwrap().unwrap();
        let octets = expected.raw_serial();
        assert_eq!(entry.serial_number, octets.strip_prefix(&[0]).unwrap_or(octets));
        assert_eq!(entry.reason_code, expected.reason_code().map(|(_, code)| code.0));
    }
    assert!(reader.next_entry().unwrap().is_none());
}

#[test]
fn an_empty_list_is_omitted() {
    let ca = TestCa::new(KeyKind::P256);
    let crl = signed_crl(&ca, &fields(1, None), &[]);
    assert!(openssl_text(&ca, &crl).contains("No Revoked Certificates"));
    // The crlExtensions field, with the tag [0], must immediately follow nextUpdate.
    let outline = openssl(&["asn1parse", "-inform", "DER"], &crl).output;
    let mut lines = outline.lines().skip_while(|line| !line.contains("UTCTIME"));
    assert!(lines.nth(2).is_some_and(|line| line.contains("cont [ 0 ]")), "{outline}");
}

#[test]
fn an_altered_crl_is_refused() {
    let ca = TestCa::new(KeyKind::P256);
    let entries = encoded(&[revoked(&[5; 16], RevocationReason::Superseded)]);
    let crl = signed_crl(&ca, &fields(7, Some(SHARD)), &entries);
    for position in 0..crl.len() {
        let mut altered = crl.clone();
        altered[position] ^= 1;
        assert!(verified(&altered, &ca).is_err(), "octet {position}");
        assert!(verified(&crl[..position], &ca).is_err(), "cut at {position}");
    }
    assert_eq!(read(&[&crl[..], &[0]].concat()), Err(CrlError::Malformed));
    assert_eq!(read(b"garbage"), Err(CrlError::Malformed));
    assert_eq!(read(b""), Err(CrlError::Malformed));
}

#[test]
fn a_crl_is_read_in_pieces_of_any_size() {
    struct Pieces<'a>(&'a [u8], usize);
    impl std::io::Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = self.1.min(buffer.len()).min(self.0.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }
    let ca = TestCa::new(KeyKind::P384);
    let list: Vec<_> =
        (1..=3000_u16).map(|n| revoked(&n.to_be_bytes(), RevocationReason::Superseded)).collect();
    let crl = signed_crl(&ca, &fields(7, None), &encoded(&list));
    let whole = read(&crl);
    for size in [1, 7, 4096, 65_535] {
        assert_eq!(CrlReader::new(Pieces(&crl, size)).unwrap().finish(), whole, "{size}");
    }
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let (ca, other) = (TestCa::new(KeyKind::P256), TestCa::new(KeyKind::P256));
    let envelope = TbsEnvelope::new(&ca.authority, &fields(1, None), 0).unwrap();
    let digest = ca.authority.signature_algorithm().digest(b"");
    let signed_parts = |signature: &[u8]| envelope.signed_parts(digest.as_ref(), signature);
    assert_eq!(signed_parts(&other.sign(digest.as_ref())), Err(BadSignature.into()));
    assert_eq!(signed_parts(b"not a signature"), Err(BadSignature.into()));
    let theirs = signed_crl(&other, &fields(1, None), &[]);
    assert_eq!(verified(&theirs, &ca), Err(CrlError::Unexpected("authority key identifier")));
}

#[test]
fn an_invalid_crl_is_not_created() {
    let ca = TestCa::new(KeyKind::P256);
    let refusal = |next_update: i64, length: u64| {
        let fields = CrlFields { next_update: at(next_update), ..fields(1, None) };
        TbsEnvelope::new(&ca.authority, &fields, length).err()
    };
    assert_eq!(refusal(NOW, 0), Some(CrlError::NextUpdateTooEarly));
    assert_eq!(refusal(NOW + 10 * DAY, 0), None);
    assert_eq!(refusal(NOW + 10 * DAY + 1, 0), Some(CrlError::NextUpdateTooLate));
    assert_eq!(refusal(NOW + DAY, MAXIMUM_LENGTH), Some(CrlError::TooLong));
}

#[test]
fn times_from_2050_are_encoded_as_generalized_time() {
    let ca = TestCa::new(KeyKind::P256);
    let last_utc_time = 2_524_607_999; // 2049-12-31T23:59:59Z
    let fields =
        CrlFields { this_update: at(last_utc_time), next_update: at(last_utc_time + 1), ..fields(1, None) };
    let crl = signed_crl(&ca, &fields, &[]);
    let outline = openssl(&["asn1parse", "-inform", "DER"], &crl).output;
    assert!(outline.contains("UTCTIME           :491231235959Z"), "{outline}");
    assert!(outline.contains("GENERALIZEDTIME   :20500101000000Z"), "{outline}");
    assert_eq!(verified(&crl, &ca).unwrap().next_update, at(last_utc_time + 1));
}
