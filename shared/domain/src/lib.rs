//! The rules of reissuing, free of I/O: values that cannot be wrong, states that cannot be skipped.
//!
//! Nothing here knows a clock, a source of randomness, a database or HTTP; what it needs is passed in.

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

pub use pki::{DAY, HOUR, JAPAN_STANDARD_TIME, MINUTE, TimeOutOfRange, Timestamp, crl_scope, publication};
