//! Outbox rows for what must follow.

use domain::Timestamp;
use ports::{Entropy, PortError};
use store::{Effect, OutboxRow};

/// The row of an effect that is due at once.
///
/// # Errors
///
/// Without randomness.
pub(super) fn at_once(entropy: &dyn Entropy, effect: Effect, now: Timestamp) -> Result<OutboxRow, PortError> {
    at(entropy, effect, now, now)
}

/// The row of an effect that becomes necessary at `now` and is due at `due_at`.
///
/// # Errors
///
/// Without randomness.
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
