//! Code shared by all functions of the certificate reissue service. This crate re-exports the layers that a function
//! needs, constructs use cases ([`wiring`]), and defines the schedules of functions ([`schedules`]).
//!
//! Each layer is a crate in a subfolder of `shared/`. A layer's Cargo.toml lists only allowed dependencies, so a
//! forbidden import does not compile. ARCHITECTURE.md describes each layer.

pub mod schedules;
pub mod wiring;

pub use adapters;
pub use domain;
pub use edge::{self, lambda};
pub use mail;
pub use messages;
pub use pki;
pub use ports;
pub use store;
pub use telemetry;
pub use use_cases::{self, passwords, refusal};
