//! Tests of address corrections that require advancing the clock, injecting faults or accessing the database.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::{
    domain::{
        DAY, MINUTE, Timestamp,
        application::{IssuanceClaim, MailedCode},
        crl_scope::{CrlShard, ShardCount},
        numbers::SerialNumber,
        session::NEW_CHECK_LIMIT,
    },
    store::StoreError,
};

use crate::support::{
    ASTRAY, Client, ExportedLog, Fault, Mailed, Mistyped, START, TestStack, VERSION, new_request,
    one_application,
};

const COUPON: &str = "984940947";

/// Returns the addresses to which emails were sent, oldest first.
async fn addressees(client: &Client) -> Vec<String> {
    client.mails().await.iter().map(|mail| mail["to"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_correction_requires_a_recent_identity_check() {
    let stack = TestStack::start().await;
    let Mistyped { mailed, client } = stack.mistyped().await;
    stack.clock.advance(NEW_CHECK_LIMIT - 1);
    let shown = client.receipt(&mailed.receipt["receiptNumber"]).await.ok();
    assert_eq!(
        shown["correction"]["identityCheckUntil"],
        Timestamp::try_from(START + NEW_CHECK_LIMIT).unwrap().to_rfc3339()
    );
    client.correct(&mailed.receipt, "taro@example.co.jp").await.ok();
    stack.clock.advance(1);
    let refused = client.correct(&mailed.receipt, "veri.taro@example.co.jp").await;
    refused.problem(403, "identity-check-required");
    let shown = client.receipt(&mailed.receipt["receiptNumber"]).await.ok();
    assert_eq!(shown["correction"]["identityCheckUntil"], json!(null));
    client.correct(&mailed.receipt, "taro@example.co.jp").await.ok();

    let client = stack.identified("taro").await;
    client.correct(&mailed.receipt, "veri.taro@example.co.jp").await.ok();
}

#[tokio::test]
async fn an_address_can_be_corrected_three_times_with_a_new_code_each_time() {
    let stack = TestStack::start().await;
    let Mistyped { mailed, .. } = stack.mistyped().await;
    let mut codes = BTreeSet::from([mailed.credentials.code.clone()]);
    let mut before = mailed.credentials;
    // The last correction restores the original address. Codes that were previously sent to this address remain
    // invalid.
    for (mailbox, left) in [("veri.taro", 2), (ASTRAY, 1), ("taro", 0)] {
        let client = stack.identified("taro").await;
        let corrected = client.correct(&mailed.receipt, &stack.address(mailbox)).await.ok();
        assert_eq!(corrected["correction"]["remaining"], left);
        client.check_pick_up(&before).await.problem(401, "pick-up-check-failed");
        stack.settle().await;
        client.check_pick_up(&before).await.problem(401, "pick-up-check-failed");
        before = stack.code_mailed_to(mailbox, "taro").await;
        assert!(codes.insert(before.code.clone()), "it was mailed before");
        client.check_pick_up(&before).await.ok();
    }
    let client = stack.identified("taro").await;
    let refused = client.correct(&mailed.receipt, "veri.taro@example.co.jp").await;
    assert_eq!(refused.problem(409, "correction-not-possible")["reason"], "limitReached");
    let shown = client.receipt(&mailed.receipt["receiptNumber"]).await.ok();
    let expected = json!({ "possible": false, "reason": "limitReached", "remaining": 0 });
    for name in ["possible", "reason", "remaining"] {
        assert_eq!(shown["correction"][name], expected[name], "{name}");
    }

    // Corrections have a separate limit and do not reduce the number of codes that can be requested.
    stack.clock.advance(5 * MINUTE);
    assert_eq!(client.resend(&mailed.receipt).await.ok()["resend"]["remaining"], 4);
    stack.settle().await;
    let resent = stack.latest_code("taro").await;
    assert!(codes.insert(resent.code.clone()), "it was mailed before");
    client.check_pick_up(&before).await.problem(401, "pick-up-check-failed");
    client.pick_up(&resent, &new_request()).await.ok();
}

#[tokio::test]
async fn an_application_cannot_be_corrected_during_issuance_or_after_its_end() {
    let stack = TestStack::start().await;
    let Mistyped { mailed, client } = stack.mistyped().await;
    let reason = async |client: &Client| {
        let refused = client.correct(&mailed.receipt, "taro@example.co.jp").await;
        refused.problem(409, "correction-not-possible")["reason"].clone()
    };
    stack.faults.ca_signer.next(1, Fault::Fails);
    let request = new_request();
    client.pick_up(&mailed.credentials, &request).await.problem(503, "temporarily-unavailable");
    assert_eq!(reason(&client).await, "issuanceBegun");
    stack.clock.advance(30 * DAY);
    assert_eq!(reason(&stack.identified("taro").await).await, "expired");
    stack.settle().await;
    let client = stack.identified("taro").await;
    assert_eq!(reason(&client).await, "expired");
    let shown = client.receipt(&mailed.receipt["receiptNumber"]).await.ok();
    assert_eq!(
        (&shown["correction"]["possible"], &shown["correction"]["reason"]),
        (&json!(false), &json!("expired"))
    );
}

#[tokio::test]
async fn a_pending_email_is_not_sent_to_the_old_address_after_a_correction() {
    for fault in [None, Some(Fault::Fails)] {
        let stack = TestStack::start().await;
        let astray = stack.address(ASTRAY);
        let receipt = stack.client().reissue_to(stack.account("taro"), COUPON, &astray).await;
        if let Some(fault) = fault {
            // Sending both emails fails after the code has been stored.
            stack.faults.mailer.next(2, fault);
            stack.settle().await;
        }
        let client = stack.identified("taro").await;
        client.correct(&receipt, "veri.taro@example.co.jp").await.ok();
        stack.settle().await;
        stack.settle().await;
        let mut mailed = addressees(&client).await;
        mailed.sort();
        let notices = ["taro@example.co.jp"; 2];
        assert_eq!(mailed, [&notices[..], &["veri.taro@example.co.jp"]].concat(), "{fault:?}");
        client.check_pick_up(&stack.code_mailed_to("veri.taro", "taro").await).await.ok();
    }
}

#[tokio::test]
async fn an_email_is_not_resent_after_a_correction_if_recording_it_failed() {
    let stack = TestStack::start().await;
    let receipt = stack.client().reissue_to(stack.account("taro"), COUPON, &stack.address(ASTRAY)).await;
    stack.faults.mailer.next(2, Fault::FailsAfterwards);
    stack.settle().await;
    let client = stack.identified("taro").await;
    client.correct(&receipt, "taro@example.co.jp").await.ok();
    stack.settle().await;
    let astray = stack.address(ASTRAY);
    assert_eq!(addressees(&client).await.iter().filter(|to| **to == astray).count(), 1);
    stack.deliver().await;
    let shown = client.receipt(&receipt["receiptNumber"]).await.ok();
    assert_eq!(shown["mail"]["state"], "delivered");
    client.check_pick_up(&stack.latest_code("taro").await).await.ok();
}

#[tokio::test]
async fn the_registered_address_is_notified_only_of_a_different_address() {
    let stack = TestStack::start().await;
    let Mailed { receipt, .. } = stack.mailed("taro", COUPON).await;
    let client = stack.identified("taro").await;
    client.correct(&receipt, "veri.taro@example.co.jp").await.ok();
    stack.settle().await;
    let mails = client.mails().await;
    let [_, others @ ..] = &mails[..] else { panic!("{mails:?}") };
    let notice = others.iter().find(|mail| mail["to"] == "taro@example.co.jp").unwrap();
    let code = stack.code_mailed_to("veri.taro", "taro").await.code;
    for part in ["text", "html"] {
        let text = notice[part].as_str().unwrap();
        assert!(text.contains("v***@example.co.jp") && !text.contains("veri.taro"), "{text}");
        assert!(text.contains(receipt["receiptNumber"].as_str().unwrap()) && !text.contains(&code), "{text}");
    }
    assert_eq!(mails.len(), 3);

    client.correct(&receipt, "Taro@example.co.jp").await.ok();
    stack.settle().await;
    assert_eq!(addressees(&client).await[3..], ["Taro@example.co.jp"], "the code alone");
}

#[tokio::test]
async fn a_correction_is_in_the_audit_log_without_addresses() {
    let stack = TestStack::start().await;
    let Mistyped { mailed, client } = stack.mistyped().await;
    client.correct(&mailed.receipt, "taro@example.co.jp").await.ok();
    client.correct(&mailed.receipt, "veri.taro@example.co.jp").await.ok();
    stack.settle().await;
    let log = ExportedLog::of(&stack);
    log.verify().unwrap();
    let events = log.lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let corrections: Vec<_> = events.filter(|event| event["change"] == "addressCorrected").collect();
    let number = &mailed.receipt["receiptNumber"];
    let expected = [2, 3].map(|first| (json!(START), number.clone(), json!(first)));
    let told = corrections
        .iter()
        .map(|event| (event["at"].clone(), event["receiptNumber"].clone(), event["sendNumber"].clone()));
    assert_eq!(told.collect::<Vec<_>>(), expected);
    assert!(!log.lines.contains("taro") && !log.lines.contains('@'));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_concurrent_resend_sends_no_code_to_the_mistyped_address() {
    let stack = TestStack::start().await;
    let Mistyped { mailed: Mailed { receipt, credentials }, client } = stack.mistyped().await;
    stack.clock.advance(5 * MINUTE);
    let resending = tokio::spawn({
        let (client, receipt) = (client.clone(), receipt.clone());
        async move { client.resend(&receipt).await }
    });
    client.correct(&receipt, "taro@example.co.jp").await.ok();
    let resent = resending.await.unwrap();
    assert!(matches!(resent.status.as_u16(), 202 | 409), "{resent:?}");
    stack.settle().await;
    let astray = stack.address(ASTRAY);
    assert_eq!(addressees(&client).await.iter().filter(|to| **to == astray).count(), 1);
    client.check_pick_up(&credentials).await.problem(401, "pick-up-check-failed");
    client.check_pick_up(&stack.latest_code("taro").await).await.ok();
}

fn code(sha256: &str) -> MailedCode {
    let at = Timestamp::try_from(START).unwrap();
    MailedCode {
        send_number: 1,
        sha256: sha256.to_owned(),
        made_at: at,
        expires_at: at.plus(DAY),
        sent_at: None,
    }
}

/// Ensures that a code cannot prove control of a mailbox to which the code was never sent.
#[tokio::test]
async fn a_code_for_an_outdated_address_is_not_recorded() {
    let (store, application_id) = one_application().await;
    let code = code("aa");
    let late = store.record_code(&application_id, VERSION - 1, None, &code).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    store.record_code(&application_id, VERSION, None, &code).await.unwrap();
    let late = store.record_sent("row", &application_id, VERSION - 1, &code, code.made_at).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
}

/// Ensures that no certificate is issued for an address to which the code was never sent.
#[tokio::test]
async fn an_issuance_with_a_replaced_code_is_not_claimed() {
    let (store, application_id) = one_application().await;
    let serial_number = SerialNumber::from_random([7; 16]);
    let claim = IssuanceClaim {
        key_sha256: "bb".to_owned(),
        crl_shard: CrlShard::assign(&serial_number, ShardCount::try_from(1).unwrap()),
        serial_number,
        to_be_signed: String::new(),
        claimed_at: Timestamp::try_from(START).unwrap(),
    };
    let late = store.claim_issuance(&application_id, "aa", None, &claim).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    store.record_code(&application_id, VERSION, None, &code("aa")).await.unwrap();
    let late = store.claim_issuance(&application_id, "cc", None, &claim).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    store.claim_issuance(&application_id, "aa", None, &claim).await.unwrap();
}
