//! Transactions that write several records atomically.

pub(crate) mod address_correction;
mod code_mailing;
mod deadline;
mod delivery;
pub(crate) mod intervention;
pub(crate) mod issuance;
pub(crate) mod registration;
mod revocation;
mod session_steps;
pub(crate) mod submission;
