//! Creates outbox rows for the effects of transactions.

use domain::{
    Timestamp,
    application::{Accepted, ApplicationId},
};
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

/// Returns the effect that emails the first code for the current address of `accepted`, with the time at which it is
/// due. A held code is due at the end of the hold. If an officer must approve the address, the approval creates the
/// effect.
pub(super) fn first_code(
    application_id: &ApplicationId,
    accepted: &Accepted,
    now: Timestamp,
) -> Option<(Effect, Timestamp)> {
    let due_at = match accepted.address_hold {
        None => now,
        Some(hold) => hold.until?.max(now),
    };
    let send_number = accepted.first_send_number();
    Some((Effect::CertificateCode { application_id: application_id.clone(), send_number }, due_at))
}
