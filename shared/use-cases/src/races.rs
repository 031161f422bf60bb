//! The repetition of requests that lose races.

/// The maximum number of attempts for a request, or for a report about an email, that loses races.
pub(super) const MAX_TRIES: u32 = 3;
