//! Repeats requests that conflict with concurrent requests.

/// The maximum number of attempts for a request or a delivery report that conflicts with concurrent changes.
pub(super) const MAX_TRIES: u32 = 3;
