//! Tests that inject failures outside the service. No operation may be left incomplete, lost or repeated.

use hyper::header;
use serde_json::{Value, json};
use shared::domain::{HOUR, MINUTE};

use crate::support::{Client, Crl, Fault, KEY, TestStack, code_in};

const COUPON: &str = "984940947";

async fn assert_still_offered(stack: &TestStack, client: &Client) {
    let list = client.get("/api/certificates").await.ok();
    assert_eq!(list["certificates"][0]["couponNumber"], COUPON);
    assert_eq!(list["receipts"], json!([]));
    stack.settle().await;
    assert_eq!(client.mails().await.len(), 0);
    assert_eq!(client.get("/crl/complete.crl").await.status, 404);
}

#[tokio::test]
async fn a_submission_without_a_statement_fails_and_can_be_retried() {
    for fault in [Fault::Fails, Fault::FailsAfterwards] {
        let stack = TestStack::start().await;
        let mut client = stack.client();
        let version = client.walk_to_review(stack.account("taro"), COUPON).await;
        stack.faults.statement_signer.always(fault);
        for _ in 0..2 {
            let answer = client.submit(COUPON, version, KEY).await;
            answer.problem(503, "temporarily-unavailable");
            assert_eq!(answer.header(header::RETRY_AFTER), Some("5"));
        }
        assert_still_offered(&stack, &client).await;

        stack.faults.statement_signer.heal();
        client.submit(COUPON, version, KEY).await.ok();
        stack.settle().await;
        assert_eq!(client.mails().await.len(), 1);
    }
}

#[tokio::test]
async fn a_statement_with_a_wrong_signature_is_not_used() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), COUPON).await;
    stack.faults.statement_signer.always(Fault::Garbage);
    let answer = client.submit(COUPON, version, KEY).await;
    answer.problem(500, "internal-error");
    assert_still_offered(&stack, &client).await;
    stack.faults.statement_signer.heal();
    client.submit(COUPON, version, KEY).await.ok();
}

#[tokio::test]
async fn a_failed_email_is_retried_until_it_is_accepted() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    let receipt = client.reissue(stack.account("taro"), COUPON).await;
    stack.faults.mailer.next(3, Fault::Fails);
    for attempts in 1..=3 {
        stack.settle().await;
        assert_eq!(stack.faults.mails().len(), attempts);
        let mail = client.receipt(&receipt["receiptNumber"]).await.ok()["mail"].clone();
        assert_eq!((&mail["sentAt"], &mail["codeExpiresAt"]), (&json!(null), &json!(null)));
        stack.clock.advance(60);
    }
    stack.settle().await;
    stack.settle().await;
    let tried = stack.faults.mails();
    assert_eq!(tried.len(), 4);
    let codes: Vec<_> = tried.iter().map(|mail| code_in(&json!(mail.text))).collect();
    assert_eq!(codes, vec![codes[0].clone(); 4]);
    let sent = client.mails().await;
    assert_eq!(sent.len(), 1);
    let mail = client.receipt(&receipt["receiptNumber"]).await.ok()["mail"].clone();
    assert_eq!(mail["sentAt"], "2026-11-22T00:03:00Z");
    assert_eq!(mail["codeExpiresAt"], "2026-11-23T00:00:00Z", "24 hours from the first try");
}

/// The rows of the outbox are processed every five minutes, like the sweep of a deployment.
#[tokio::test]
async fn all_emails_are_sent_once_after_an_outage_of_six_hours() {
    let stack = TestStack::start().await;
    let (mut taro, mut hanako) = (stack.client(), stack.client());
    stack.faults.mailer.always(Fault::Fails);
    taro.reissue(stack.account("taro"), COUPON).await;
    for minutes in (0..6 * 60).step_by(5) {
        stack.settle().await;
        if minutes == 180 {
            hanako.reissue(stack.account("hanako"), "984940950").await;
        }
        stack.clock.advance(5 * MINUTE);
    }
    assert_eq!(taro.mails().await.len(), 0);

    stack.faults.mailer.heal();
    for _ in 0..3 {
        stack.settle().await;
        stack.clock.advance(5 * MINUTE);
    }
    assert_eq!(taro.mails().await.len(), 2);
    for mailbox in ["taro", "hanako"] {
        let credentials = stack.latest_code(mailbox).await;
        stack.client().check_pick_up(&credentials).await.ok();
    }
}

#[tokio::test]
async fn an_email_that_is_sent_twice_contains_the_same_code() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    client.reissue(stack.account("taro"), COUPON).await;
    stack.faults.mailer.next(1, Fault::FailsAfterwards);
    for _ in 0..3 {
        stack.settle().await;
    }
    let mails = client.mails().await;
    let [first, second] = &mails[..] else { panic!("two mails are expected: {mails:?}") };
    for part in ["text", "html"] {
        assert_eq!(code_in(&first[part]), code_in(&second[part]));
    }
    assert_eq!(first["outboxId"], second["outboxId"]);
}

#[tokio::test]
async fn a_failing_email_does_not_delay_other_effects() {
    let stack = TestStack::start().await;
    let (mut client, mut other) = (stack.client(), stack.client());
    client.reissue(stack.account("taro"), COUPON).await;
    stack.clock.advance(1);
    other.reissue(stack.account("hanako"), "984940950").await;
    stack.faults.mailer.next(1, Fault::Fails);
    stack.settle().await;
    assert_eq!(client.mails().await.len(), 1);
    assert_eq!(Crl::fetch(&client).await.number(), 1, "nor the CRL");
    stack.settle().await;
    assert_eq!(client.mails().await.len(), 2);
}

/// Reissues two certificates, and returns the serial numbers of the revoked certificates.
async fn revoke_two(stack: &TestStack) -> [String; 2] {
    let mut serials = Vec::new();
    for (mailbox, coupon_number) in [("taro", COUPON), ("hanako", "984940950")] {
        let receipt = stack.client().reissue(stack.account(mailbox), coupon_number).await;
        serials.push(receipt["serialNumber"].as_str().unwrap().to_owned());
    }
    serials.try_into().unwrap()
}

#[tokio::test]
async fn the_crl_is_published_after_the_failed_service_recovers() {
    type Plan = fn(&TestStack);
    let plans: [(Plan, Plan); 4] = [
        (|stack| stack.faults.objects.always(Fault::Fails), |stack| stack.faults.objects.heal()),
        (|stack| stack.faults.objects.always(Fault::Overtaken), |stack| stack.faults.objects.heal()),
        (|stack| stack.faults.ca_signer.always(Fault::Fails), |stack| stack.faults.ca_signer.heal()),
        (|stack| stack.faults.ca_signer.always(Fault::Garbage), |stack| stack.faults.ca_signer.heal()),
    ];
    for (break_it, heal) in plans {
        let stack = TestStack::start().await;
        let client = stack.client();
        let serials = revoke_two(&stack).await;
        break_it(&stack);
        stack.settle().await;
        stack.settle().await;
        assert_eq!(client.get("/crl/complete.crl").await.status, 404, "better none than a wrong one");
        assert_eq!(client.mails().await.len(), 2, "the mails do not wait for it");

        heal(&stack);
        stack.settle().await;
        let crl = Crl::fetch(&client).await;
        for serial in &serials {
            assert!(crl.entry(serial).is_some());
        }
        stack.settle().await;
        assert_eq!(Crl::fetch(&client).await.number(), crl.number(), "once is enough");
    }
}

#[tokio::test]
async fn a_crl_after_a_falsely_reported_failure_has_a_higher_number() {
    let stack = TestStack::start().await;
    let client = stack.client();
    let serials = revoke_two(&stack).await;
    stack.faults.objects.always(Fault::FailsAfterwards);
    stack.settle().await;
    let first = Crl::fetch(&client).await;
    stack.faults.objects.heal();
    stack.settle().await;
    let second = Crl::fetch(&client).await;
    assert!(second.number() > first.number(), "{} after {}", second.number(), first.number());
    assert!(serials.iter().all(|serial| second.entry(serial).is_some()));
}

#[tokio::test]
async fn a_publisher_retries_after_another_writer_was_faster() {
    let stack = TestStack::start().await;
    let client = stack.client();
    let serials = revoke_two(&stack).await;
    stack.faults.objects.next(2, Fault::Overtaken);
    stack.settle().await;
    let crl = Crl::fetch(&client).await;
    assert_eq!(crl.number(), 3, "a number is claimed for each try, never used twice");
    assert!(serials.iter().all(|serial| crl.entry(serial).is_some()));
}

/// A code is valid for 24 hours (S/MIME Baseline Requirements §3.2.2.2), so each email must state the expiry time of
/// its code.
#[tokio::test]
async fn a_delayed_email_states_the_deadline_of_the_receipt() {
    let stack = TestStack::start().await;
    let mut client = stack.client();
    client.reissue(stack.account("taro"), COUPON).await;
    stack.faults.mailer.next(1, Fault::Fails);
    stack.settle().await;
    stack.clock.advance(30 * HOUR);
    stack.settle().await;
    client.identify(stack.account("taro")).await.ok();
    let number: Value = client.get("/api/certificates").await.ok()["receipts"][0]["receiptNumber"].clone();
    let receipt = client.receipt(&number).await.ok();
    assert_eq!(receipt["mail"]["codeExpiresAt"], "2026-11-24T06:00:00Z");
    let text = client.mails().await[0]["text"].as_str().unwrap().to_owned();
    assert!(text.contains("2026/11/24 15:00（日本時間）"), "{text}");
    let tried: Vec<_> = stack.faults.mails().iter().map(|mail| code_in(&json!(mail.text))).collect();
    assert_ne!(tried[0], tried[1], "the first code may have been mailed, and its time is over");
}
