//! Tests that each step makes the number of billable calls that ARCHITECTURE.md documents.

use std::future::Future;

use hyper::{Method, header};
use serde_json::json;
use shared::domain::{MINUTE, revocation::RevocationTiming};

use crate::support::{Answer, KEY, Mailed, Mistyped, TestStack, new_request};

/// Runs `step`, asserts that it succeeds, and returns the number of its database calls.
async fn calls(stack: &TestStack, step: impl Future<Output = Answer>) -> u64 {
    let before = stack.database_calls.count();
    let answer = step.await;
    assert!(answer.status.is_success(), "{answer:?}");
    stack.database_calls.count() - before
}

#[tokio::test]
async fn every_step_makes_the_documented_number_of_calls() {
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    let coupon_number = account.coupon_numbers[0].as_str();
    let mut client = stack.client();

    assert_eq!(calls(&stack, client.identify(account)).await, 2, "step 1");
    assert_eq!(calls(&stack, client.get("/api/certificates")).await, 1, "step 2");
    let certificate = format!("/api/certificates/{coupon_number}");
    assert_eq!(calls(&stack, client.get(&certificate)).await, 1, "step 3");
    assert_eq!(calls(&stack, client.select(coupon_number)).await, 2, "step 3, selection");

    let page = client.get("/api/application").await.ok();
    assert_eq!(calls(&stack, client.get("/api/application")).await, 1, "step 4");
    let input = json!({
        "couponNumber": coupon_number,
        "version": page["version"],
        "fixed": page["fixed"],
        "fields": page["fields"],
    });
    let save = client.json(Method::PUT, "/api/application", &input);
    assert_eq!(calls(&stack, save).await, 1, "step 4, saving");
    assert_eq!(calls(&stack, client.get("/api/application/review")).await, 1, "step 5");

    // The third billable call signs the revocation statement.
    assert_eq!(calls(&stack, client.submit(coupon_number, 2, KEY)).await, 2, "submission");
    assert_eq!(stack.faults.statements().len(), 1);
}

#[tokio::test]
async fn a_pick_up_makes_the_documented_number_of_calls() {
    for (timing, statements) in [(RevocationTiming::Submission, 0), (RevocationTiming::PickUp, 1)] {
        let stack = TestStack::start_with(timing).await;
        let Mailed { credentials, receipt } = stack.mailed("taro", "984940947").await;
        let (client, request) = (stack.client(), new_request());
        let signed = stack.faults.statements().len();
        assert_eq!(calls(&stack, client.check_pick_up(&credentials)).await, 3, "the check");
        // The sixth billable call signs the certificate. If the pick-up also revokes the old certificate, the seventh
        // billable call signs the revocation statement.
        assert_eq!(calls(&stack, client.pick_up(&credentials, &request)).await, 5, "the pick-up");
        assert_eq!(stack.faults.statements().len() - signed, statements);
        assert_eq!(calls(&stack, client.pick_up(&credentials, &request)).await, 3, "the same again");

        let client = stack.identified("taro").await;
        assert_eq!(calls(&stack, client.receipt(&receipt["receiptNumber"])).await, 2, "the receipt");
    }
}

#[tokio::test]
async fn a_request_for_another_code_makes_three_calls() {
    let stack = TestStack::start().await;
    let Mailed { receipt, .. } = stack.mailed("taro", "984940947").await;
    stack.clock.advance(5 * MINUTE);
    let client = stack.identified("taro").await;
    assert_eq!(calls(&stack, client.resend(&receipt)).await, 3);
}

#[tokio::test]
async fn a_correction_makes_three_calls() {
    let stack = TestStack::start().await;
    let Mistyped { mailed, client } = stack.mistyped().await;
    let receipt = &mailed.receipt;
    let correction = client.correct_version(receipt, &receipt["version"], "taro@example.co.jp");
    assert_eq!(calls(&stack, correction).await, 3);
}

#[tokio::test]
async fn failed_and_successful_identity_checks_make_equally_many_calls() {
    let stack = TestStack::start().await;
    let credentials = json!({
        "emailAddress": "nobody@example.co.jp",
        "applicationPassword": "wrong",
        "certificateCode": "wrong",
    });
    let before = stack.database_calls.count();
    let answer = stack.client().json(Method::POST, "/api/session", &credentials).await;
    answer.problem(401, "identity-check-failed");
    assert!(answer.header(header::SET_COOKIE).is_none());
    assert_eq!(stack.database_calls.count() - before, 2);
}
