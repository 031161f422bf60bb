//! The common crate of the certificate reissue service: all that a function needs from its layers, and the settings of a
//! deployment ([`wiring`]).
//!
//! Each layer is a crate below `shared/`. Its Cargo.toml says what the layer may depend on, so that a wrong import does not
//! compile. ARCHITECTURE.md says what each is for.

pub mod wiring;

pub use adapters;
pub use domain;
pub use edge::{self, lambda};
pub use mail;
pub use pki;
pub use ports;
pub use store;
pub use telemetry;
pub use use_cases::{self, passwords, refusal};
