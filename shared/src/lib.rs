//! The common crate of the certificate reissue service.
//!
//! `domain` holds the rules and knows no I/O; `use_cases` carry them out over the DynamoDB `store` and the
//! `ports`; `adapters` are the AWS side of the ports; `pki` makes and reads X.509; `mail` writes the mails;
//! `edge` is the HTTP boundary that every function stands behind; `lambda` runs a function, `telemetry` is what its
//! operators see of it. ARCHITECTURE.md says what each must never
//! know.

pub mod adapters;
pub mod domain;
pub mod edge;
pub mod lambda;
pub mod mail;
pub mod passwords;
pub mod pki;
pub mod ports;
pub mod refusal;
pub mod store;
pub mod telemetry;
pub mod use_cases;
pub mod wiring;
