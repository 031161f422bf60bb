//! Runs the tool on a data folder, as operators do, and verifies its files with openssl.
#![allow(
    clippy::unwrap_used,
    reason = "all of this binary is a test; clippy only excuses the test functions themselves"
)]

mod audit;
mod ca;
mod certificates;
mod crl;
mod find;
mod ocsp;
mod statements;
mod support;
