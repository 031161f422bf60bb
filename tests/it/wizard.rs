//! The main job, end to end.

use serde_json::Value;

use crate::support::TestStack;

const KEY: &str = "0123456789abcdef";

#[tokio::test]
async fn a_certificate_is_reissued_from_the_identity_check_to_the_mail() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    let coupon_number = &account.coupon_numbers[0];
    let mut client = stack.client();

    let version = client.walk_to_review(account, coupon_number).await;
    let receipt = client.submit(coupon_number, version, KEY).await.ok();
    stack.settle().await;

    let number = receipt["receiptNumber"].as_str().unwrap();
    let receipt = client.get(&format!("/api/receipts/{number}")).await.ok();
    assert!(receipt["revocation"]["revokedAt"].is_string(), "{receipt}");
    assert!(receipt["mail"]["sentAt"].is_string(), "{receipt}");
    let outbox = client.get("/local/outbox").await.ok();
    let [mail] = outbox["messages"].as_array().map(Vec::as_slice).unwrap() else { panic!("{outbox}") };
    assert_eq!(mail["to"], Value::from(account.email_address.as_str()));
}
