//! Wizard tests that advance the clock or use the revocation timing `pickup`. The other wizard tests are in
//! [`journeys`](crate::journeys).

use serde_json::json;
use shared::{
    domain::{DAY, HOUR, MINUTE, revocation::RevocationTiming},
    pki::EndEntityCertificate,
};

use crate::support::{KEY, TestStack, submit_at_once, the_one_accepted};

#[tokio::test]
async fn the_receipt_shows_when_each_effect_was_completed() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let receipt = client.reissue(stack.account("taro"), stack.coupon("taro")).await;
    assert_eq!(client.receipt(&receipt["receiptNumber"]).await.ok(), receipt);
    assert_eq!(client.mails().await, [json!(null); 0]);

    stack.clock.advance(MINUTE);
    stack.settle().await;
    let mut after_mail = receipt.clone();
    after_mail["mail"]["sentAt"] = json!("2026-11-22T00:01:00Z");
    after_mail["mail"]["state"] = json!("sent");
    after_mail["mail"]["codeExpiresAt"] = json!("2026-11-23T00:01:00Z");
    let certificate = stack.certificate(stack.coupon("taro"));
    let crl_url = EndEntityCertificate::parse(certificate.as_bytes()).unwrap().crl_urls()[0].clone();
    let shard = crl_url.rsplit_once('/').unwrap().1.strip_suffix(".crl");
    after_mail["timeline"].as_array_mut().unwrap().extend([
        json!({ "event": "listed", "at": "2026-11-22T00:01:00Z", "crl": shard, "crlNumber": 1 }),
        json!({ "event": "codeSent", "at": "2026-11-22T00:01:00Z", "maskedAddress": "t***@example.co.jp" }),
    ]);
    assert_eq!(client.receipt(&receipt["receiptNumber"]).await.ok(), after_mail);

    stack.clock.advance(HOUR);
    stack.settle().await;
    assert_eq!(client.mails().await.len(), 1, "once is enough");
}

#[tokio::test]
async fn the_timing_pickup_keeps_the_certificate_valid_until_the_pick_up() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let account = stack.account("taro");
    let mut client = stack.client();
    client.walk_to_entry(account, "984940947").await;
    let rule = json!({ "timing": "pickup", "latestAt": "2026-12-06T00:00:00Z" });
    assert_eq!(client.get("/api/certificates/984940947").await.ok()["revocation"], rule);
    assert_eq!(client.get("/api/application").await.ok()["revocation"], rule);

    let receipt = client.reissue(account, "984940947").await;
    assert_eq!(
        receipt["revocation"],
        json!({ "timing": "pickup", "revokedAt": null, "latestAt": "2026-12-06T00:00:00Z" })
    );
    stack.clock.advance(DAY);
    stack.settle().await;

    client.identify(account).await.ok();
    let list = client.get("/api/certificates").await.ok();
    assert_eq!(list["certificates"], json!([]));
    assert_eq!(list["notReissuable"][0]["reason"], "reissueInProgress");
    let later = client.receipt(&receipt["receiptNumber"]).await.ok();
    assert_eq!(later["revocation"], receipt["revocation"], "the date does not wander");
    let mail = &client.mails().await[0];
    for part in ["text", "html"] {
        let text = mail[part].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            text.contains("2026/12/06 09:00（日本時間）") && text.contains("取得したときに失効"),
            "{text}"
        );
    }
    assert_eq!(client.get("/crl/complete.crl").await.status, 404, "nothing was revoked, nothing published");
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_of_twenty_posts_succeeds_with_the_timing_pickup() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), stack.coupon("taro")).await;
    let attempts = (0..20).map(|number| (client.clone(), format!("{KEY}-{number}")));
    the_one_accepted(&submit_at_once(attempts, stack.coupon("taro"), version).await);
    stack.settle().await;
    assert_eq!(client.mails().await.len(), 1);
}
