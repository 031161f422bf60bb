//! The kinds of records. Each module defines the key, item, reads and conditional writes of one kind of row.

pub(crate) mod application;
mod application_row;
pub(crate) mod audit_log;
pub(crate) mod ca_certificate;
pub(crate) mod certificate;
pub(crate) mod certificate_code;
pub(crate) mod credential;
pub(crate) mod crl_numbers;
pub(crate) mod enrollment;
pub(crate) mod idempotency;
pub(crate) mod key_fingerprints;
pub(crate) mod ocsp_responder;
pub(crate) mod ocsp_status;
pub(crate) mod outbox;
pub(crate) mod pointer;
pub(crate) mod revocation;
pub(crate) mod session;
pub(crate) mod sign_ins;
mod stop_code;
pub(crate) mod throttle;
