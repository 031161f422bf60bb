//! Tests of pick-ups that fail before completion, and of pick-ups with the revocation timing `pickup`. The other
//! pick-up tests are in [`journeys`](crate::journeys).

use local_stack::Loss;
use serde_json::json;
use shared::domain::{HOUR, revocation::RevocationTiming};

use crate::support::{Crl, ExportedLog, Fault, Mailed, TestStack, new_request};

const COUPON: &str = "984940947";
const AT_ONCE: usize = 10;

#[tokio::test(flavor = "multi_thread")]
async fn ten_concurrent_equal_requests_create_one_certificate() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let mailed = stack.mailed("taro", COUPON).await;
    let answers = stack.pick_up_at_once(&mailed, vec![new_request(); AT_ONCE]).await;
    for answer in &answers {
        assert_eq!((answer.status.as_u16(), &answer.body), (201, &answers[0].body));
    }
    stack.settle().await;
    assert_eq!(Crl::fetch(&stack.client()).await.number(), 1);
}

#[tokio::test]
async fn a_failed_pick_up_is_completed_by_the_next_request() {
    for fault in [Fault::Fails, Fault::FailsAfterwards, Fault::Garbage] {
        let stack = TestStack::start_with(RevocationTiming::PickUp).await;
        let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
        let request = new_request();
        // The first attempt fails when the certificate is signed. The second attempt fails later, when the statement is
        // signed.
        for signer in [&stack.faults.ca_signer, &stack.faults.statement_signer] {
            signer.always(fault);
            let failed = stack.client().pick_up(&credentials, &request).await;
            assert!(matches!(failed.status.as_u16(), 500 | 503), "{failed:?}");
            signer.heal();
            let shown = stack.client().check_pick_up(&credentials).await.ok();
            assert_eq!(
                (&shown["certificate"], &shown["replaces"]["revokedAt"]),
                (&json!(null), &json!(null))
            );
        }
        let read = stack.receipt_of("taro", &receipt).await;
        assert_eq!(read["pickUp"]["pickedUpAt"], json!(null));

        let issued = stack.client().pick_up(&credentials, &request).await.ok();
        stack.assert_good(&issued, &request, &stack.account("taro").email_address).await;
    }
}

/// The fourth database call claims the issuance, and the fifth database call completes it.
#[tokio::test]
async fn a_pick_up_after_a_lost_write_can_be_retried() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let client = stack.client();
    for (mailbox, coupon_number, call, loss) in [
        ("taro", COUPON, 4, Loss::Request),
        ("hanako", "984940950", 4, Loss::Answer),
        ("hanako", "984940951", 5, Loss::Request),
        ("ichiro", "984940961", 5, Loss::Answer),
    ] {
        let Mailed { credentials, receipt } = stack.mailed(mailbox, coupon_number).await;
        let request = new_request();
        stack.database_calls.lose(call, loss);
        client.pick_up(&credentials, &request).await.problem(503, "temporarily-unavailable");
        let was_issued = (call, loss) == (5, Loss::Answer);
        let shown = client.check_pick_up(&credentials).await.ok();
        assert_eq!(
            (shown["certificate"].is_object(), shown["replaces"]["revokedAt"].is_string()),
            (was_issued, was_issued)
        );

        let issued = client.pick_up(&credentials, &request).await.ok();
        stack.assert_good(&issued, &request, &stack.account(mailbox).email_address).await;
        stack.settle().await;
        let crl = Crl::fetch(&client).await;
        assert!(crl.entry(receipt["serialNumber"].as_str().unwrap()).is_some());
        assert!(crl.entry(issued["serialNumber"].as_str().unwrap()).is_none());
    }
}

#[tokio::test]
async fn an_incomplete_issuance_for_a_lost_key_can_be_replaced() {
    let stack = TestStack::start().await;
    let Mailed { credentials, .. } = stack.mailed("taro", COUPON).await;
    stack.faults.ca_signer.next(1, Fault::FailsAfterwards);
    let (lost, kept) = (new_request(), new_request());
    stack.client().pick_up(&credentials, &lost).await.problem(503, "temporarily-unavailable");
    let issued = stack.client().pick_up(&credentials, &kept).await.ok();
    stack.assert_good(&issued, &kept, &stack.account("taro").email_address).await;
    stack.client().pick_up(&credentials, &lost).await.problem(409, "already-picked-up");
}

#[tokio::test]
async fn the_timing_pickup_revokes_the_old_certificate_at_the_pick_up() {
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let Mailed { receipt, credentials } = stack.mailed("taro", COUPON).await;
    let client = stack.client();
    let shown = client.check_pick_up(&credentials).await.ok();
    assert_eq!(
        (&shown["replaces"]["revokedAt"], &shown["replaces"]["revokedByPickUp"]),
        (&json!(null), &json!(true))
    );
    assert_eq!(ExportedLog::of(&stack).revocations(), 0);

    stack.clock.advance(HOUR);
    client.pick_up(&credentials, &new_request()).await.ok();
    let shown = client.check_pick_up(&credentials).await.ok();
    assert_eq!(
        (&shown["replaces"]["revokedAt"], &shown["replaces"]["revokedByPickUp"]),
        (&json!("2026-11-22T01:00:00Z"), &json!(false))
    );
    stack.settle().await;
    assert_eq!(ExportedLog::of(&stack).revocations(), 1);
    let entry = Crl::fetch(&client).await.entry(receipt["serialNumber"].as_str().unwrap()).unwrap();
    assert!(entry.iter().any(|line| line.contains("Superseded")), "{entry:?}");
    assert_eq!(stack.receipt_of("taro", &receipt).await["revocation"]["revokedAt"], "2026-11-22T01:00:00Z");
}
