//! Tests of a submission that changes the email address, and of its stop from the registered mailbox.

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{ASTRAY, AnyStack, KEY, Mistyped, new_request};

#[tokio::test]
async fn the_registered_mailbox_can_stop_an_application_until_the_pick_up() {
    let stack = AnyStack::start().await;
    let Mistyped { mailed, client } = stack.mistyped().await;
    stack.client().check_pick_up(&mailed.credentials).await.ok();
    let code = stack.stop_code("taro").await;

    let shown = stack.client().check_stop(&code).await.ok();
    let expected = json!({
        "receiptNumber": mailed.receipt["receiptNumber"],
        "couponNumber": stack.coupon("taro"),
        "acceptedAt": mailed.receipt["acceptedAt"],
        "maskedAddress": mailed.receipt["mail"]["maskedAddress"],
        "state": "waiting",
        "since": null,
    });
    assert_eq!(shown, expected);
    stack.client().check_pick_up(&mailed.credentials).await.ok();

    let stopped = stack.client().stop(&code.to_lowercase().replace('-', " ")).await.ok();
    assert_eq!(stopped["state"], "stopped");
    stack.recent(&stopped["since"]);
    assert_eq!(stack.client().stop(&code).await.ok(), stopped, "again");
    assert_eq!(stack.client().check_stop(&code).await.ok(), stopped);

    let request = new_request();
    for refused in [
        stack.client().check_pick_up(&mailed.credentials).await,
        stack.client().pick_up(&mailed.credentials, &request).await,
    ] {
        let problem = refused.problem(410, "application-stopped");
        assert_eq!(problem["receiptNumber"], mailed.receipt["receiptNumber"]);
    }
    let refused = client.resend(&mailed.receipt).await;
    assert_eq!(refused.problem(409, "resend-not-possible")["reason"], "stopped");
    let refused = client.correct(&mailed.receipt, &stack.address("veri.taro")).await;
    assert_eq!(refused.problem(409, "correction-not-possible")["reason"], "stopped");
    let shown = client.receipt(&mailed.receipt["receiptNumber"]).await.ok();
    assert_eq!(
        (&shown["state"], &shown["resend"]["reason"], &shown["correction"]["reason"]),
        (&json!("stopped"), &json!("stopped"), &json!("stopped"))
    );
    assert_eq!(shown["timeline"].as_array().unwrap().last().unwrap()["event"], "stopped");

    stack.settle().await;
    let mails = stack.client().mails().await;
    let is_confirmation = |mail: &&Value| mail["subject"].as_str().unwrap().contains("停止しました");
    let confirmations: Vec<_> = mails.iter().filter(is_confirmation).collect();
    let [confirmation] = confirmations[..] else { panic!("one confirmation is expected: {mails:?}") };
    assert_eq!(confirmation["to"], stack.address("taro"));
}

#[tokio::test]
async fn an_application_that_was_picked_up_is_not_stopped() {
    let stack = AnyStack::start().await;
    let Mistyped { mailed, .. } = stack.mistyped().await;
    let code = stack.stop_code("taro").await;
    let request = new_request();
    let issued = stack.client().pick_up(&mailed.credentials, &request).await.ok();
    assert_eq!(stack.client().stop(&code).await.ok()["state"], "pickedUp");
    assert_eq!(stack.client().pick_up(&mailed.credentials, &request).await.ok(), issued);
}

#[tokio::test]
async fn unknown_stop_codes_are_refused_with_equal_answers() {
    let stack = AnyStack::start().await;
    let Mistyped { mailed, .. } = stack.mistyped().await;
    let client = stack.client();
    // A certificate code is a well-formed stop code that belongs to no application.
    let unknown = client.check_stop(&mailed.credentials.code).await;
    unknown.problem(404, "stop-code-unknown");
    let again = client.stop(&mailed.credentials.code).await;
    assert_eq!(again.comparable().body, unknown.comparable().body);
    for (code, rule) in
        [("", "required"), ("0000-0000", "certificateCodeTypo"), ("older", "certificateCodeTypo")]
    {
        client.stop(code).await.invalid_fields(&[&format!("/stopCode {rule}")]);
    }
    client.check_pick_up(&mailed.credentials).await.ok();
}

#[tokio::test]
async fn a_changed_address_requires_the_password_again() {
    let stack = AnyStack::start().await;
    let (account, coupon) = (stack.account("taro"), stack.coupon("taro"));
    let mut client = stack.client();
    client.walk_to_entry(account, coupon).await;
    let mut input = client.prefilled().await;
    input["fields"]["emailAddress"] = json!(stack.address(ASTRAY));
    let version = client.enter(&input).await.ok()["version"].as_u64().unwrap();
    let page = client.get("/api/application/review").await.ok();
    assert!(page["addressChange"]["holdMinutes"].is_u64(), "{page}");

    let password = client.password.take();
    client.submit(coupon, version, KEY).await.invalid_fields(&["/applicationPassword required"]);
    client.password = Some("wrong".to_owned());
    client.submit(coupon, version, KEY).await.invalid_fields(&["/applicationPassword wrongPassword"]);
    assert_eq!(client.get("/api/certificates").await.ok()["receipts"], json!([]));
    client.password = password;
    let receipt = client.submit(coupon, version, KEY).await.ok();

    // A repeated request returns the receipt without the password.
    client.password = None;
    assert_eq!(client.submit(coupon, version, KEY).await.ok()["receiptNumber"], receipt["receiptNumber"]);
    let mut corrector = stack.identified("taro").await;
    corrector.password = Some("wrong".to_owned());
    let refused = corrector.correct(&receipt, &stack.address("veri.taro")).await;
    refused.invalid_fields(&["/applicationPassword wrongPassword"]);
    corrector.password = None;
    let path = format!("/api/receipts/{}/email", receipt["receiptNumber"].as_str().unwrap());
    let refused = corrector.json(Method::PUT, &path, &json!({ "emailAddress": "taro" })).await;
    let all = ["/version required", "/emailAddress missingAtSign", "/applicationPassword required"];
    refused.invalid_fields(&all);
}

#[tokio::test]
async fn an_unchanged_address_requires_no_password() {
    let stack = AnyStack::start().await;
    let (account, coupon) = (stack.account("taro"), stack.coupon("taro"));
    let mut client = stack.client();
    let version = client.walk_to_review(account, coupon).await;
    assert_eq!(client.get("/api/application/review").await.ok()["addressChange"], Value::Null);
    client.password = None;
    let receipt = client.submit(coupon, version, KEY).await.ok();
    assert_eq!((&receipt["mail"]["state"], &receipt["mail"]["heldUntil"]), (&json!("waiting"), &Value::Null));
}
