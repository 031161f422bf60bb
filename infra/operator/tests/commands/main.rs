//! The tool as operators use it: the program on a data folder, its files judged by openssl.
#![allow(
    clippy::unwrap_used,
    reason = "all of this binary is a test; clippy only excuses the test functions themselves"
)]

mod audit;
mod ca;
mod certificates;
mod crl;
mod ocsp;
mod statements;
mod support;
