//! Runs the tool on a data folder, as operators do, and checks the resulting files with OpenSSL.
#![allow(
    clippy::unwrap_used,
    reason = "the whole binary is test code, but clippy exempts only test functions"
)]

mod applications;
mod audit;
mod ca;
mod certificates;
mod check;
mod crl;
mod find;
mod ocsp;
mod statements;
mod support;
