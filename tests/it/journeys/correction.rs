//! Tests that correct a mistyped email address on the receipt.

use serde_json::{Value, json};
use shared::domain::{HOUR, MINUTE, session::NEW_CHECK_LIMIT};
use tokio::task::JoinSet;

use crate::support::{ASTRAY, Answer, AnyStack, Mistyped, new_request, timestamp};

#[tokio::test]
async fn a_correction_invalidates_the_old_code_and_certifies_the_new_address() {
    let stack = AnyStack::start().await;
    let Mistyped { mailed, client } = stack.mistyped().await;
    let address = stack.account("taro").email_address.as_str();
    let shown = client.receipt(&mailed.receipt["receiptNumber"]).await.ok();
    let until = &shown["correction"]["identityCheckUntil"];
    assert_eq!(
        shown["correction"],
        json!({ "possible": true, "reason": null, "remaining": 3, "identityCheckUntil": until })
    );
    stack.recent(&json!(timestamp(until).plus(-NEW_CHECK_LIMIT).to_rfc3339()));
    stack.client().check_pick_up(&mailed.credentials).await.ok();

    let answer = client.correct(&mailed.receipt, address).await;
    assert_eq!(answer.status, 202);
    let corrected = answer.ok();
    let at = stack.recent(&event(&corrected, "addressCorrected").unwrap()["at"]);
    let mail = json!({
        "maskedAddress": shown["mail"]["maskedAddress"],
        "expectedBy": at.plus(HOUR).to_rfc3339(),
        "sentAt": null,
        "codeExpiresAt": null,
        "heldUntil": null,
        "state": "waiting",
        "bounce": null,
    });
    assert_eq!(corrected["mail"], mail);
    assert_eq!(
        corrected["correction"],
        json!({ "possible": true, "reason": null, "remaining": 2, "identityCheckUntil": until })
    );
    let resend = json!({
        "possible": false,
        "reason": "tooSoon",
        "notBefore": at.plus(5 * MINUTE).to_rfc3339(),
        "remaining": 5,
    });
    assert_eq!(corrected["resend"], resend);

    let request = new_request();
    stack.client().check_pick_up(&mailed.credentials).await.problem(401, "pick-up-check-failed");
    stack.client().pick_up(&mailed.credentials, &request).await.problem(401, "pick-up-check-failed");

    stack.settle().await;
    let arrived = stack.latest_code("taro").await;
    assert_ne!(arrived.code, mailed.credentials.code);
    stack.client().check_pick_up(&mailed.credentials).await.problem(401, "pick-up-check-failed");
    let issued = stack.client().pick_up(&arrived, &request).await.ok();
    stack.assert_good(&issued, &request, address).await;
    let refused = client.correct(&mailed.receipt, &stack.address("veri.taro")).await;
    assert_eq!(refused.problem(409, "correction-not-possible")["reason"], "pickedUp");
}

/// Returns the event `name` from the receipt's timeline.
fn event<'a>(receipt: &'a Value, name: &str) -> Option<&'a Value> {
    receipt["timeline"].as_array().unwrap().iter().find(|event| event["event"] == name)
}

#[tokio::test]
async fn a_correction_requires_an_identity_check_after_the_acceptance() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    let receipt =
        client.reissue_to(stack.account("taro"), stack.coupon("taro"), &stack.address(ASTRAY)).await;
    let expected = json!({ "possible": true, "reason": null, "remaining": 3, "identityCheckUntil": null });
    assert_eq!(receipt["correction"], expected);
    let refused = client.correct(&receipt, &stack.address("taro")).await;
    assert_eq!(refused.problem(403, "identity-check-required")["nextStep"], "identify");
    let shown = client.receipt(&receipt["receiptNumber"]).await.ok();
    assert_eq!((&shown["correction"], event(&shown, "addressCorrected")), (&expected, None));

    // The receipt does not show an address that was entered in another session.
    let corrected = stack.identified("taro").await.correct(&receipt, &stack.address("taro")).await;
    assert_eq!(corrected.ok()["correction"]["remaining"], 2);
    for mailbox in ["taro", "veri.taro"] {
        client.correct(&receipt, &stack.address(mailbox)).await.problem(403, "identity-check-required");
    }
}

#[tokio::test]
async fn invalid_addresses_and_receipts_of_others_are_refused() {
    let stack = AnyStack::start().await;
    let Mistyped { mailed, client } = stack.mistyped().await;
    let before = client.receipt(&mailed.receipt["receiptNumber"]).await.ok();
    for (address, rule) in [
        ("", "required"),
        ("taro at example", "missingAtSign"),
        ("taro@192.0.2.1", "numericDomain"),
        (&stack.address(ASTRAY), "sameAddress"),
    ] {
        let refused = client.correct(&mailed.receipt, address).await;
        refused.invalid_fields(&[&format!("/emailAddress {rule}")]);
    }
    assert_eq!(client.receipt(&mailed.receipt["receiptNumber"]).await.ok(), before);

    let other = stack.identified("hanako").await;
    other.correct(&mailed.receipt, &stack.address("hanako")).await.problem(404, "not-found");
    stack.client().check_pick_up(&mailed.credentials).await.ok();
}

#[tokio::test]
async fn a_repeated_correction_succeeds_and_sends_no_email() {
    let stack = AnyStack::start().await;
    let Mistyped { mailed, client } = stack.mistyped().await;
    let address = stack.address("taro");
    client.correct(&mailed.receipt, &address).await.ok();
    stack.settle().await;
    let mails = client.mails().await.len();
    let arrived = stack.latest_code("taro").await;

    let again = client.correct(&mailed.receipt, &address).await;
    assert_eq!((again.status.as_u16(), &again.ok()["correction"]["remaining"]), (202, &json!(2)));
    // In a later session, entering the same address is a field error.
    let later = stack.identified("taro").await;
    later.correct(&mailed.receipt, &address).await.invalid_fields(&["/emailAddress sameAddress"]);
    stack.settle().await;
    assert_eq!(client.mails().await.len(), mails);
    stack.client().check_pick_up(&arrived).await.ok();
}

/// Sends concurrent corrections of the same version, one for each of these mailboxes.
async fn correct_at_once(stack: &AnyStack, mistyped: &Mistyped, mailboxes: &[&str]) -> Vec<Answer> {
    let mut running = JoinSet::new();
    for mailbox in mailboxes {
        let (client, receipt) = (mistyped.client.clone(), mistyped.mailed.receipt.clone());
        let address = stack.address(mailbox);
        running.spawn(async move { client.correct_version(&receipt, &receipt["version"], &address).await });
    }
    running.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_concurrent_equal_corrections_take_effect_once() {
    let stack = AnyStack::start().await;
    let mistyped = stack.mistyped().await;
    let answers = correct_at_once(&stack, &mistyped, &["taro"; 10]).await;
    assert!(answers.iter().any(|answer| answer.status == 202), "{answers:?}");
    for answer in &answers {
        assert!(matches!(answer.status.as_u16(), 202 | 503), "{answer:?}");
    }
    let shown = mistyped.client.receipt(&mistyped.mailed.receipt["receiptNumber"]).await.ok();
    assert_eq!(shown["correction"]["remaining"], 2);
    stack.settle().await;
    let codes = mistyped.client.mails().await;
    let codes = codes.iter().filter(|mail| mail["subject"].as_str().unwrap().contains("証明書コード"));
    assert_eq!(codes.count(), 2, "the one that went astray, and one");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_concurrent_corrections_succeeds() {
    let stack = AnyStack::start().await;
    let mistyped = stack.mistyped().await;
    let mailboxes = ["a.taro", "b.taro", "c.taro", "d.taro", "e.taro"];
    let answers = correct_at_once(&stack, &mistyped, &mailboxes).await;
    let made = answers.iter().filter(|answer| answer.status == 202).count();
    assert_eq!(made, 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 202) {
        answer.problem(409, "application-changed");
    }
    let shown = mistyped.client.receipt(&mistyped.mailed.receipt["receiptNumber"]).await.ok();
    assert_eq!(shown["correction"]["remaining"], 2);

    stack.settle().await;
    let initial = &shown["mail"]["maskedAddress"].as_str().unwrap()[..1];
    let last = stack.code_mailed_to(&format!("{initial}.taro"), "taro").await;
    stack.client().check_pick_up(&last).await.ok();
}

#[tokio::test]
async fn an_outdated_receipt_cannot_be_corrected() {
    let stack = AnyStack::start().await;
    let Mistyped { mailed, client } = stack.mistyped().await;
    let shown = client.receipt(&mailed.receipt["receiptNumber"]).await.ok();
    let address = stack.address("taro");
    let corrected = client.correct_version(&shown, &shown["version"], &address).await.ok();
    assert_eq!(corrected["version"].as_u64(), shown["version"].as_u64().map(|version| version + 1));

    let other = stack.address("veri.taro");
    client.correct_version(&shown, &shown["version"], &other).await.problem(409, "application-changed");
    client.correct_version(&shown, &Value::Null, &other).await.invalid_fields(&["/version required"]);
    let now = client.receipt(&shown["receiptNumber"]).await.ok();
    assert_eq!((&now["version"], &now["correction"]["remaining"]), (&corrected["version"], &json!(2)));
    client.correct_version(&shown, &now["version"], &other).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_one_of_a_concurrent_correction_and_pick_up_succeeds() {
    let stack = AnyStack::start().await;
    let Mistyped { mailed, client } = stack.mistyped().await;
    let request = new_request();
    let picking_up = tokio::spawn({
        let (client, credentials, request) = (stack.client(), mailed.credentials.clone(), request.clone());
        async move { client.pick_up(&credentials, &request).await }
    });
    let corrected = client.correct(&mailed.receipt, &stack.address("taro")).await;
    let picked_up = picking_up.await.unwrap();
    if corrected.status == 202 {
        picked_up.problem(401, "pick-up-check-failed");
        stack.settle().await;
        let issued = stack.client().pick_up(&stack.latest_code("taro").await, &request).await.ok();
        stack.assert_good(&issued, &request, &stack.address("taro")).await;
    } else {
        let reason = corrected.problem(409, "correction-not-possible")["reason"].clone();
        assert!([json!("issuanceBegun"), json!("pickedUp")].contains(&reason), "{reason}");
        stack.assert_good(&picked_up.ok(), &request, &stack.address(ASTRAY)).await;
    }
}
