//! The rules of reissuing, free of I/O: types without invalid values, states that cannot be skipped.
//!
//! This crate uses no clock, no source of randomness, no database and no HTTP; callers pass in what it needs.

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
