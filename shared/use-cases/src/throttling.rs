//! Throttling for both checks of credentials. Failed attempts are counted, and they delay further attempts.

use crate::refusal::{Failure, Refusal};
use domain::{
    Timestamp,
    throttle::{Failures, Policy},
};
use store::{Store, ThrottleKeys, ThrottleUpdate, Throttles};
use telemetry::metrics;

/// The maximum number of tries for an attempt during which other attempts are counted.
pub(super) const MAX_TRIES: u32 = 8;

/// Refuses an attempt that comes too early. Does not check the credentials.
pub(super) fn refuse_while_waiting(throttles: Throttles, now: Timestamp) -> Result<(), Refusal> {
    let wait =
        |failures: Option<Failures>, policy| failures.map_or(0, |failures| failures.wait(&policy, now));
    match wait(throttles.account, Policy::ACCOUNT).max(wait(throttles.client, Policy::CLIENT)) {
        0 => Ok(()),
        seconds => {
            metrics::IDENTITY_CHECKS_THROTTLED.record(1, []);
            Err(Refusal::TooManyAttempts(seconds))
        }
    }
}

/// Counts a failed attempt at `now`.
///
/// # Errors
///
/// [`Failure::Store`] if the store fails. It contains a conflict if another attempt was counted since the throttles
/// were `read`.
pub(super) async fn count_failure(
    store: &Store,
    keys: &ThrottleKeys,
    read: Throttles,
    now: Timestamp,
) -> Result<(), Failure> {
    let counted = |key, before, policy| {
        let after = Failures::counted(before, &policy, now);
        ThrottleUpdate { key, before, after, forgotten_at: after.forgotten_at(&policy) }
    };
    let updates = [
        counted(&keys.account, read.account, Policy::ACCOUNT),
        counted(&keys.client, read.client, Policy::CLIENT),
    ];
    Ok(store.count_failure(updates).await?)
}
