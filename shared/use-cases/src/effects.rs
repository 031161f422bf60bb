//! Creates outbox rows for the effects of transactions.

use domain::Timestamp;
use ports::{Entropy, PortError};
use store::{Effect, OutboxRow};

/// Returns an outbox row for an effect that is due immediately.
///
/// # Errors
///
/// Returns an error if the source of randomness fails.
pub(super) fn at_once(entropy: &dyn Entropy, effect: Effect, now: Timestamp) -> Result<OutboxRow, PortError> {
    at(entropy, effect, now, now)
}

/// Returns an outbox row for an effect that is created at `now` and due at `due_at`.
///
/// # Errors
///
/// Returns an error if the source of randomness fails.
pub(super) fn at(
    entropy: &dyn Entropy,
    effect: Effect,
    now: Timestamp,
    due_at: Timestamp,
) -> Result<OutboxRow, PortError> {
    let mut random = [0; 16];
    entropy.fill(&mut random)?;
    let id = data_encoding::HEXLOWER.encode(&random);
    Ok(OutboxRow { id, effect, created_at: now, due_at, done_at: None })
}
