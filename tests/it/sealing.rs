//! Tests that run the sealer without the other functions. The tests cover crashes and concurrent sealers.

use std::{collections::BTreeSet, sync::Arc};

use shared::{domain::HOUR, store::Effect};

use crate::support::Sealing;

/// Asserts that the log is valid and contains each of these events exactly once. Also asserts that all lines are signed
/// and no event is pending.
async fn assert_sealed(sealing: &Sealing, recorded: &BTreeSet<String>) {
    let log = sealing.log();
    assert_eq!(log.verify().unwrap(), recorded.len() as u64);
    let sealed: BTreeSet<_> =
        log.events().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(sealed, *recorded);
    assert_eq!(sealing.seal.store.pending(Effect::AUDIT_QUEUE).await.unwrap(), [""; 0]);
    let (last, _) = log.checkpoints.last().unwrap();
    assert_eq!(*last, format!("{:012}.json", recorded.len()));
}

/// A crash loses the data in memory, but not the effects of completed calls. A crash after one call is therefore
/// equivalent to a crash before the next call.
#[tokio::test]
async fn a_seal_that_crashes_at_any_call_is_completed_by_the_next() {
    let sealing = Sealing::new().await;
    let mut recorded = BTreeSet::new();
    for call in 0.. {
        for number in [2 * call, 2 * call + 1] {
            recorded.insert(sealing.record(number).await);
        }
        sealing.clock.advance(HOUR);
        sealing.budget.crash_after(usize::try_from(call).unwrap());
        let crashed = sealing.seal.seal().await.is_err();
        assert_eq!(crashed, sealing.budget.is_spent());

        sealing.budget.lift();
        sealing.seal.seal().await.unwrap();
        assert_sealed(&sealing, &recorded).await;
        if !crashed {
            assert!(call > 10, "{call} calls are fewer than the steps");
            break;
        }
    }
}

#[tokio::test]
async fn concurrent_sealers_write_one_log() {
    let sealing = Sealing::new().await;
    let mut recorded = BTreeSet::new();
    for round in 0..5 {
        for number in 0..7 {
            recorded.insert(sealing.record(7 * round + number).await);
        }
        sealing.clock.advance(HOUR);
        let sealers: Vec<_> = (0..3)
            .map(|_| {
                let seal = Arc::clone(&sealing.seal);
                tokio::spawn(async move { seal.seal().await })
            })
            .collect();
        for sealer in sealers {
            sealer.await.unwrap().unwrap();
        }
        assert_sealed(&sealing, &recorded).await;
    }
}
