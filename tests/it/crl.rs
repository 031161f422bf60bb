//! Tests that verify the published CRL with openssl.

use shared::domain::{DAY, HOUR};

use crate::support::{Crl, TestStack};

const COUPON: &str = "984940947";

#[tokio::test]
async fn a_reissue_puts_the_old_certificate_on_the_crl_as_superseded() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    stack.clock.advance(2 * HOUR);
    let receipt = client.reissue(stack.account("taro"), COUPON).await;
    let serial = receipt["serialNumber"].as_str().unwrap();
    assert_eq!(client.get("/crl/complete.crl").await.status, 404);
    stack.clock.advance(30);
    stack.settle().await;

    let crl = Crl::fetch(&client).await;
    let entry = crl.entry(serial).unwrap();
    let expected = [
        "Revocation Date: Nov 22 02:00:00 2026 GMT",
        "CRL entry extensions:",
        "X509v3 CRL Reason Code:",
        "Superseded",
    ];
    assert_eq!(entry[..4], expected, "{}", crl.text);
    for expected in [
        "Version 2 (0x1)",
        "Last Update: Nov 22 02:00:30 2026 GMT",
        "Next Update: Nov 29 02:00:30 2026 GMT", // S/MIME Baseline Requirements §4.9.7: at most 10 days
        "X509v3 Authority Key Identifier:",
        "Signature Algorithm: ecdsa-with-SHA256",
    ] {
        assert!(crl.text.contains(expected), "{expected}: {}", crl.text);
    }
    assert!(!crl.text.contains("Issuing Distribution Point"), "this one is complete");
    assert!(!crl.text.contains("critical"), "{}", crl.text);
    assert_eq!(crl.number(), 1);
}

#[tokio::test]
async fn an_earlier_revocation_is_listed_with_its_own_reason() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    client.reissue(stack.account("taro"), COUPON).await;
    stack.settle().await;
    let crl = Crl::fetch(&client).await;
    assert_eq!(crl.text.matches("Serial Number:").count(), 2);
    assert!(crl.text.contains("Revocation Date: Nov  2 00:00:00 2026 GMT"), "{}", crl.text);
    assert!(crl.text.contains("Affiliation Changed"), "{}", crl.text);
}

#[tokio::test]
async fn one_crl_lists_all_pending_revocations() {
    let stack = TestStack::start().await;
    let client = stack.client();
    for (mailbox, coupon_number) in [("taro", COUPON), ("ichiro", "984940961")] {
        stack.client().reissue(stack.account(mailbox), coupon_number).await;
    }
    stack.settle().await;
    let crl = Crl::fetch(&client).await;
    assert_eq!((crl.number(), crl.text.matches("Superseded").count()), (1, 2));
}

/// An entry must appear on at least one regularly scheduled CRL that is issued after the certificate's expiry (RFC 5280
/// §3.3). All entries of a month are removed together with their segment.
#[tokio::test]
async fn an_entry_is_removed_after_one_crl_past_its_month() {
    let stack = TestStack::start().await;
    let client = stack.client();
    let receipt = stack.client().reissue(stack.account("taro"), COUPON).await;
    let serial = receipt["serialNumber"].as_str().unwrap();
    stack.settle().await;
    assert!(Crl::fetch(&client).await.entry(serial).is_some());

    // Taro's certificate is valid for 400 days, and Hanako's certificates are valid for 500 and 600 days. The clock
    // advances to 2028-01-02.
    stack.clock.advance(406 * DAY);
    stack.client().reissue(stack.account("hanako"), "984940950").await;
    stack.settle().await;
    let first_after_expiry = Crl::fetch(&client).await;
    assert_eq!(first_after_expiry.number(), 2);
    assert!(first_after_expiry.entry(serial).is_some());

    stack.clock.advance(DAY);
    stack.client().reissue(stack.account("hanako"), "984940951").await;
    stack.settle().await;
    let second_after_expiry = Crl::fetch(&client).await;
    assert_eq!(second_after_expiry.number(), 3);
    assert!(second_after_expiry.entry(serial).is_none(), "{}", second_after_expiry.text);
    assert_eq!(second_after_expiry.text.matches("Superseded").count(), 2);
}

#[tokio::test]
async fn a_cached_crl_is_distinguishable_from_its_successor() {
    let stack = TestStack::start().await;
    let client = stack.client();
    let mut tags = Vec::new();
    for coupon_number in ["984940950", "984940951"] {
        stack.client().reissue(stack.account("hanako"), coupon_number).await;
        stack.settle().await;
        let answer = client.get("/crl/complete.crl").await;
        assert_eq!(answer.headers["content-type"], "application/pkix-crl");
        tags.push(answer.headers["etag"].clone());
    }
    assert_ne!(tags[0], tags[1]);
    assert_eq!(client.get("/crl/complete.crl").await.headers["etag"], tags[1]);
}
