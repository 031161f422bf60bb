//! The rules of reissuing, without I/O. The types exclude invalid values and skipped states.
//!
//! This crate uses no clock, source of randomness, database or HTTP. Callers pass in the required values.

pub mod address;
pub mod application;
pub mod audit;
pub mod certificate;
pub mod certificate_code;
pub mod contact;
pub mod delivery;
pub mod enrollment;
pub mod fields;
pub mod numbers;
pub mod password;
pub mod receipt;
pub mod revocation;
pub mod session;
pub mod text;
pub mod throttle;

pub use pki::{DAY, HOUR, MINUTE, TimeOutOfRange, Timestamp, crl_scope, publication};
