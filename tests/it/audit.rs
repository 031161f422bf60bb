//! Tests that the audit log is complete, chained, signed, and verifiable offline.

use local_stack::adapters::SoftwareSigner;
use serde_json::Value;
use shared::{
    domain::{
        HOUR,
        audit::{ChainHead, LinkFault},
    },
    use_cases::verify_audit_log::UntrustedLog,
};

use crate::support::{ExportedLog, TestStack};

const REGISTERED: usize = 7;

#[tokio::test]
async fn every_state_change_is_logged_exactly_once() {
    let stack = TestStack::start().await;
    let receipt = stack.client().reissue(stack.account("taro"), "984940947").await;
    stack.settle().await;
    stack.settle().await;

    let log = ExportedLog::of(&stack);
    let events = log.events();
    let named = |event: &Value| {
        let state = event["state"].as_str().map(str::to_owned);
        state.unwrap_or_else(|| event["change"].as_str().unwrap().to_owned())
    };
    let mut changes: Vec<_> = events.iter().map(named).collect();
    let registered = changes.extract_if(.., |change| change == "certificateRegistered").count();
    assert_eq!(registered, REGISTERED);
    changes.sort();
    assert_eq!(changes, ["accepted", "certificateRevoked", "confirmed", "draft"]);
    let revoked = events.iter().find(|event| event["change"] == "certificateRevoked").unwrap();
    assert_eq!(revoked["statementSha256"].as_str().unwrap().len(), 64);
    let accepted = events.iter().find(|event| event["state"] == "accepted").unwrap();
    assert_eq!(accepted["receiptNumber"], receipt["receiptNumber"]);
    assert_eq!(log.verify().unwrap(), events.len() as u64);

    for personal in ["taro", "Mihon", "見本", "0350001111"] {
        assert!(!log.lines.contains(personal), "{personal}");
    }
}

#[tokio::test]
async fn a_checkpoint_is_signed_hourly_if_the_log_has_grown() {
    let stack = TestStack::start().await;
    stack.settle().await;
    stack.client().reissue(stack.account("taro"), "984940947").await;
    stack.settle().await;
    assert_eq!(ExportedLog::of(&stack).checkpoints.len(), 1, "within the hour");
    stack.clock.advance(HOUR);
    stack.settle().await;
    stack.clock.advance(HOUR);
    stack.settle().await;
    let log = ExportedLog::of(&stack);
    let names: Vec<_> = log.checkpoints.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["000000000007.json", "000000000011.json"], "nothing new, nothing signed");
    assert_eq!(log.verify().unwrap(), 11);
}

#[tokio::test]
async fn tampering_is_detected_offline() {
    let stack = TestStack::start().await;
    stack.client().reissue(stack.account("taro"), "984940947").await;
    stack.settle().await;
    let log = ExportedLog::of(&stack);

    let mut forged = ExportedLog::of(&stack);
    forged.lines = log.lines.replace("superseded", "keyCompromise");
    assert!(matches!(forged.verify(), Err(UntrustedLog::Chain(_))));

    let mut cut = ExportedLog::of(&stack);
    cut.lines = log.lines.lines().take(9).flat_map(|line| [line, "\n"]).collect();
    let Err(UntrustedLog::Chain(broken)) = cut.verify() else { panic!("a cut log was trusted") };
    assert_eq!((broken.sequence, broken.fault), (10, LinkFault::Missing));

    let mut signed_by_another = ExportedLog::of(&stack);
    let other = stack.folder().join("other-key.p8");
    signed_by_another.key = SoftwareSigner::open(&other).unwrap().public_key().clone();
    let fault = signed_by_another.verify().unwrap_err();
    assert!(
        matches!(&fault, UntrustedLog::Checkpoint { name, .. } if name == "000000000011.json"),
        "{fault}"
    );
}

/// An attacker who can write to the log erases a revocation: the lines after it are chained again, and the newest
/// checkpoint is removed. The rest of the log is valid in itself, so only a checkpoint that the auditor has kept reveals
/// the attack.
#[tokio::test]
async fn a_kept_checkpoint_reveals_a_log_that_was_chained_again() {
    let stack = TestStack::start().await;
    stack.settle().await;
    stack.client().reissue(stack.account("taro"), "984940947").await;
    stack.clock.advance(HOUR);
    stack.settle().await;
    let mut log = ExportedLog::of(&stack);
    let kept = log.checkpoints.pop().unwrap();
    assert_eq!(kept.0, "000000000011.json");

    let (mut before, mut forged) = (ChainHead::ORIGIN, ChainHead::ORIGIN);
    let mut lines = String::new();
    for line in log.lines.split_terminator('\n') {
        let (event, head) = before.follow(line).unwrap();
        before = head;
        if !line.contains("certificateRevoked") {
            let (line, head) = forged.append(event).unwrap();
            forged = head;
            lines.push_str(&line);
            lines.push('\n');
        }
    }
    log.lines = lines;
    assert_eq!(log.verify().unwrap(), 10);
    log.checkpoints.push(kept);
    let Err(UntrustedLog::Chain(broken)) = log.verify() else { panic!("the forged log was trusted") };
    assert_eq!((broken.sequence, broken.fault), (11, LinkFault::Missing));
}
