//! Tests that run the publisher without the other functions. The tests cover crashes, concurrent publishers, invalid
//! rows and operation over many months.

use std::{fs, sync::Arc};

use rcgen::{
    CertificateParams, CrlDistributionPoint, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, SanType,
};
use shared::{
    domain::{DAY, Timestamp, revocation::RevokedCertificate},
    ports::Clock,
};

use crate::support::{Publishing, START, revoked};

const NAMES: [&str; 3] = ["complete", "shard-0", "shard-1"];

fn at(seconds: i64) -> Timestamp {
    Timestamp::try_from(seconds).unwrap()
}

/// Returns revoked certificate number `n`, which belongs to shard `n` mod 3 if this shard exists.
fn sample(n: u32, not_after: i64) -> RevokedCertificate {
    let shard = u16::try_from(n % 3).ok().filter(|shard| *shard < 2);
    revoked(n, not_after, shard, at(START - DAY))
}

fn assert_listed(publishing: &Publishing, list: &[RevokedCertificate]) {
    let complete = publishing.crl("complete").unwrap();
    assert_eq!(complete.listed.len(), list.len());
    for revoked in list {
        assert!(complete.lists(revoked));
        for (shard, name) in ["shard-0", "shard-1"].into_iter().enumerate() {
            let listed = publishing.crl(name).is_some_and(|crl| crl.lists(revoked));
            let belongs = revoked.crl_shard == sample(u32::try_from(shard).unwrap(), START).crl_shard;
            assert_eq!(listed, belongs, "{name}");
        }
    }
}

/// A crash loses the data in memory, but not the effects of completed calls. A crash after one call is therefore
/// equivalent to a crash before the next call.
#[tokio::test]
async fn a_publication_that_crashes_at_any_call_is_completed_by_the_next() {
    let publishing = Publishing::new(2).await;
    let mut list = Vec::new();
    for call in 0.. {
        let number = u32::try_from(list.len()).unwrap();
        // Each round records two revocations, one for an existing segment and one for a new segment.
        for (n, not_after) in
            [(number, START + 90 * DAY), (number + 1, START + (100 + i64::from(number)) * DAY)]
        {
            list.push(sample(n, not_after));
            publishing.record(list.last().unwrap()).await;
        }
        let before = NAMES.map(|name| publishing.crl(name).map_or(0, |crl| crl.number));
        publishing.budget.crash_after(call);
        let crashed = publishing.publish.publish_all().await.is_err();
        assert_eq!(crashed, publishing.budget.is_spent());
        let between = NAMES.map(|name| publishing.crl(name).map_or(0, |crl| crl.number));

        publishing.budget.lift();
        publishing.publish.publish_all().await.unwrap();
        assert_listed(&publishing, &list);
        let after = NAMES.map(|name| publishing.crl(name).unwrap().number);
        for n in 0..NAMES.len() {
            assert!(before[n] <= between[n] && between[n] < after[n], "{before:?} {between:?} {after:?}");
        }
        for revoked in list.iter().rev().take(2) {
            let listing = publishing.publish.store.listing(&revoked.serial_number).await.unwrap();
            assert!(listing.is_some());
        }
        assert_eq!(publishing.publish.store.unlisted_revocations(10).await.unwrap(), [""; 0]);
        if !crashed {
            assert!(call > 30, "{call} calls are fewer than the steps");
            break;
        }
    }
}

#[tokio::test]
async fn concurrent_publishers_list_every_revocation_exactly_once() {
    let publishing = Publishing::new(2).await;
    let mut list = Vec::new();
    for round in 0..5 {
        for n in 0..7 {
            list.push(sample(round * 7 + n, START + i64::from(60 + n) * DAY));
            publishing.record(list.last().unwrap()).await;
        }
        let publishers: Vec<_> = (0..3)
            .map(|_| {
                let publish = Arc::clone(&publishing.publish);
                tokio::spawn(async move { publish.publish_all().await })
            })
            .collect();
        for publisher in publishers {
            // A publisher may return an error if it loses too many races against the other publishers.
            let _ = publisher.await.unwrap();
        }
        publishing.publish.publish_all().await.unwrap();
        assert_listed(&publishing, &list);
    }
}

#[tokio::test]
async fn an_invalid_row_is_reported_and_valid_rows_are_published() {
    let publishing = Publishing::new(1).await;
    publishing.record_nonsense("not a serial number").await;
    let good = sample(2, START + 90 * DAY);
    publishing.record(&good).await;
    for _ in 0..2 {
        let published = publishing.publish.publish_all().await.unwrap();
        assert_eq!(published.unreadable, ["not a serial number"]);
        assert!(publishing.crl("complete").unwrap().lists(&good));
    }
}

#[tokio::test]
async fn a_late_commit_is_listed_for_any_revocation_time() {
    let publishing = Publishing::new(1).await;
    publishing.publish.publish_all().await.unwrap();
    publishing.clock.advance(3 * DAY);
    publishing.publish.publish_all().await.unwrap();
    for (n, revoked_at) in [(2, START - 300 * DAY), (5, START), (8, START + 300 * DAY)] {
        let late = revoked(n, START + 90 * DAY, None, at(revoked_at));
        publishing.record(&late).await;
        let published = publishing.publish.publish_all().await.unwrap();
        let complete = publishing.crl("complete").unwrap();
        assert!(complete.lists(&late));
        let listing = publishing.publish.store.listing(&late.serial_number).await.unwrap().unwrap();
        assert_eq!((listing.number, listing.at.as_seconds()), (complete.number, complete.this_update));
        assert_eq!(published.crls.len(), 2);
    }
}

#[tokio::test]
async fn lost_segments_do_not_matter_and_can_be_rebuilt() {
    let publishing = Publishing::new(2).await;
    for n in [9, 3, 11, 8, 2, 1, 4] {
        // The numbers are unsorted, so the positions of the entries matter.
        publishing.record(&sample(n, START + 90 * DAY)).await;
        publishing.publish.publish_all().await.unwrap();
    }
    let segments = publishing.folder().join("segments");
    let [before, after] = ["before", "after"].map(|name| publishing.folder().join(name));
    let published = NAMES.map(|name| publishing.crl(name).unwrap());
    fs::rename(&segments, &before).unwrap();
    publishing.publish.publish_all().await.unwrap();
    for (name, before) in NAMES.into_iter().zip(&published) {
        assert_eq!(
            publishing.crl(name).unwrap().listed,
            before.listed,
            "nothing that was listed may be gone"
        );
    }

    assert_eq!(publishing.publish.rebuild().await.unwrap(), [""; 0]);
    publishing.publish.publish_all().await.unwrap();
    for (name, before) in NAMES.into_iter().zip(published) {
        assert_eq!(publishing.crl(name).unwrap().listed, before.listed);
    }
    fs::rename(&segments, &after).unwrap();
    // 2026-11-22 plus 90 days.
    for segment in
        ["shard-0/2027-02", "shard-1/2027-02", "unsharded/2027-02"].map(|key| format!("revoked/{key}"))
    {
        let [before, after] = [&before, &after].map(|folder| fs::read(folder.join(&segment)).unwrap());
        assert_eq!(before, after, "{segment}");
    }
}

/// Segments are never deleted from the object store. After a segment is removed from the CRLs, the publisher reads the
/// segment once more for the comparison with the previous CRL, and then never again.
#[tokio::test]
async fn a_removed_segment_is_not_read_again() {
    let publishing = Publishing::new(1).await;
    // One certificate expires in December, and the other expires in February.
    let [short, long] = [(2, 30), (5, 90)].map(|(n, days)| sample(n, START + days * DAY));
    for revoked in [&short, &long] {
        publishing.record(revoked).await;
    }
    publishing.publish.publish_all().await.unwrap();
    publishing.clock.advance(60 * DAY);
    for is_listed in [true, false] {
        publishing.publish.publish_all().await.unwrap();
        assert_eq!(publishing.crl("complete").unwrap().lists(&short), is_listed);
    }

    let left = publishing.folder().join("segments/revoked/unsharded/2026-12");
    let entries = fs::read(&left).unwrap();
    fs::write(&left, vec![0; entries.len()]).unwrap();
    publishing.publish.publish_all().await.unwrap();

    // The row of the first listed revocation is now unreadable, so the publisher reads all expired segments.
    publishing.record_nonsense(&long.serial_number.to_string()).await;
    publishing.publish.publish_all().await.unwrap();
    assert!(publishing.crl("complete").unwrap().lists(&long));
    fs::write(&left, entries).unwrap();
    publishing.publish.publish_all().await.unwrap();
    assert!(publishing.crl("complete").unwrap().lists(&long));
}

#[tokio::test]
async fn a_foreign_object_is_replaced() {
    let publishing = Publishing::new(1).await;
    let path = publishing.folder().join("objects/crl");
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("complete.crl"), b"what is this?").unwrap();
    let revoked = sample(2, START + 90 * DAY);
    publishing.record(&revoked).await;
    publishing.publish.publish_all().await.unwrap();
    assert!(publishing.crl("complete").unwrap().lists(&revoked));
}

/// Revokes certificates and publishes CRLs over 14 simulated months. A revoked certificate is listed on every CRL up to
/// the first CRL after its expiry. CRL numbers always increase, and an unexpired CRL is always available.
#[tokio::test]
async fn no_entry_is_removed_early_in_fourteen_months() {
    const PERIOD: i64 = 6 * DAY;
    let publishing = Publishing::new(2).await;
    let mut list: Vec<RevokedCertificate> = Vec::new();
    let mut last = [(0, 0, 0); NAMES.len()];
    for step in 0..14 * 31 * DAY / PERIOD {
        let now = publishing.clock.now();
        for n in 0..3 {
            let number = u32::try_from(step).unwrap() * 3 + n;
            // The certificate expires in 1 to 300 days.
            let days = 1 + i64::from(number) * 37 % 300;
            let not_after = now.plus(days * DAY).as_seconds();
            list.push(RevokedCertificate { revoked_at: now, ..sample(number, not_after) });
            publishing.record(list.last().unwrap()).await;
        }
        publishing.publish.publish_all().await.unwrap();
        for (position, name) in NAMES.into_iter().enumerate() {
            let crl = publishing.crl(name).unwrap();
            let (last_number, last_this_update, last_next_update) = last[position];
            assert!(crl.number > last_number);
            assert!(last_next_update == 0 || crl.this_update < last_next_update, "a gap");
            for revoked in &list {
                let on_this = name == "complete"
                    || revoked.crl_shard == sample(u32::try_from(position).unwrap() - 1, START).crl_shard;
                // The certificate must remain listed until it has appeared on a CRL that was issued after its expiry.
                let must_stay = revoked.not_after.as_seconds() >= last_this_update;
                assert!(!(on_this && must_stay) || crl.lists(revoked), "step {step}: {revoked:?}");
                let gone_for_long = revoked.not_after.plus(31 * DAY + PERIOD) < now;
                assert!(!gone_for_long || !crl.lists(revoked), "step {step}: {revoked:?}");
                assert!(on_this || !crl.lists(revoked));
            }
            last[position] = (crl.number, crl.this_update, crl.next_update);
        }
        publishing.clock.advance(PERIOD);
    }
}

/// rustls-webpki accepts CRLs with and without an issuing distribution point, and rejects only the revoked certificate.
#[tokio::test]
async fn webpki_refuses_revoked_certificates() {
    use webpki::{
        BorrowedCertRevocationList, CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage,
        RevocationCheckDepth, RevocationOptionsBuilder, UnknownStatusPolicy, anchor_from_trusted_cert, ring,
    };
    let publishing = Publishing::new(2).await;
    // The sample certificates 0 and 3 belong to shard 0.
    publishing.record(&sample(0, START + 90 * DAY)).await;
    publishing.publish.publish_all().await.unwrap();
    let ca = publishing.publish.authority.certificate_der().to_vec().into();
    let anchors = [anchor_from_trusted_cert(&ca).unwrap()];
    for (n, expected) in [(0, Some(webpki::Error::CertRevoked)), (3, None)] {
        for name in ["complete", "shard-0"] {
            let certificate = issue(&publishing, n, name).into();
            let der = publishing.crl(name).unwrap().der;
            let crl = CertRevocationList::from(BorrowedCertRevocationList::from_der(&der).unwrap());
            let crls = [&crl];
            let revocation = RevocationOptionsBuilder::new(&crls)
                .unwrap()
                .with_depth(RevocationCheckDepth::EndEntity)
                .with_status_policy(UnknownStatusPolicy::Deny)
                .with_expiration_policy(ExpirationPolicy::Enforce)
                .build();
            let certificate = EndEntityCert::try_from(&certificate).unwrap();
            let now = std::time::Duration::from_secs(u64::try_from(START).unwrap() + 60);
            let verified = certificate.verify_for_usage(
                &[ring::ECDSA_P256_SHA256],
                &anchors,
                &[],
                rustls_pki_time(now),
                KeyUsage::client_auth(),
                Some(revocation),
                None,
            );
            assert_eq!(verified.err(), expected, "{name}");
        }
    }
}

fn rustls_pki_time(since_1970: std::time::Duration) -> rustls_pki_types::UnixTime {
    rustls_pki_types::UnixTime::since_unix_epoch(since_1970)
}

/// Issues the certificate that corresponds to [`sample`] number `n`, with the CRL `name` as its distribution point.
fn issue(publishing: &Publishing, n: u32, name: &str) -> Vec<u8> {
    let mut params = CertificateParams::default();
    let serial_number = sample(n, START).serial_number;
    params.serial_number = Some(rcgen::SerialNumber::from_slice(serial_number.as_be_bytes()));
    params.not_before = at(START - DAY).to_utc();
    params.not_after = at(START + 90 * DAY).to_utc();
    params.is_ca = IsCa::ExplicitNoCa;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.subject_alt_names = vec![SanType::DnsName("client.example.jp".try_into().unwrap())];
    params.crl_distribution_points =
        vec![CrlDistributionPoint { uris: vec![format!("http://pki.example.jp/crl/{name}.crl")] }];
    let (ca, key) = &publishing.ca;
    let subject_key = KeyPair::generate().unwrap();
    params.signed_by(&subject_key, &Issuer::from_params(ca, key)).unwrap().der().to_vec()
}
