//! The domain types and rules of the reissue procedure. The types make invalid values and skipped states
//! unrepresentable.
//!
//! This crate performs no I/O, reads no clock and generates no random numbers. Callers pass in times and random bytes.

pub mod address;
pub mod application;
pub mod audit;
pub mod certificate;
pub mod certificate_code;
pub mod contact;
pub mod credential_keys;
pub mod delivery;
pub mod enrollment;
pub mod fields;
pub mod numbers;
pub mod ocsp;
pub mod password;
pub mod receipt;
pub mod revocation;
pub mod session;
pub mod session_limits;
pub mod sign_in_code;
pub mod sign_ins;
pub mod stop_code;
pub mod text;
pub mod throttle;

pub use pki::{DAY, HOUR, MINUTE, TimeOutOfRange, Timestamp, crl_scope, publication};
