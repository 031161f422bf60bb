//! Throttling for the identity check and the pick-up check. Failed attempts are counted and delay further attempts.

use crate::refusal::{Failure, Refusal};
use domain::{
    Timestamp,
    throttle::{Failures, Policy},
};
use store::{Store, ThrottleKeys, ThrottleUpdate, Throttles};
use telemetry::metrics;

/// The maximum number of attempts to complete a check while concurrent checks change the failure counters.
pub(super) const MAX_TRIES: u32 = 8;

/// Refuses an attempt during the back-off, without checking the credentials.
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

/// Counts an attempt that failed at `now`.
///
/// # Errors
///
/// Returns [`Failure::Store`] if the store fails. The failure is a conflict if another attempt was counted after the
/// throttles in `read` were read.
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
