//! Concurrent submissions.

use serde_json::Value;
use tokio::task::JoinSet;

use super::{Answer, Client};

/// Submits the application from all clients concurrently. Each client uses a separate idempotency key.
pub(crate) async fn submit_at_once(
    attempts: impl IntoIterator<Item = (Client, String)>,
    coupon_number: &str,
    version: u64,
) -> Vec<Answer> {
    let mut running = JoinSet::new();
    for (client, key) in attempts {
        let coupon_number = coupon_number.to_owned();
        running.spawn(async move { client.submit(&coupon_number, version, &key).await });
    }
    running.join_all().await
}

/// Asserts that exactly one submission was accepted, and that all other responses contain its receipt number. Returns
/// the receipt.
#[track_caller]
pub(crate) fn the_one_accepted(answers: &[Answer]) -> Value {
    let accepted: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    let [accepted] = accepted[..] else { panic!("{} were accepted: {answers:?}", accepted.len()) };
    let receipt = accepted.ok();
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        let problem = answer.problem(409, "already-submitted");
        assert_eq!(problem["receiptNumber"], receipt["receiptNumber"]);
    }
    receipt
}
