//! Tests of the behaviour for subscribers and relying parties, on any stack. Each test starts an embedded stack. If the
//! environment variable `DEPLOYED_STACK` names the description of a deployed stack, all tests use the deployed stack
//! ([`AnyStack::start`](crate::support::AnyStack::start)). `cargo test -p tests --test it journeys::` runs only these
//! tests.
//!
//! A test belongs here if it uses only requests, emails and published objects, at the present time. It uses the
//! accounts of [`AnyStack`](crate::support::AnyStack). It reads times from responses and asserts that they are recent.
//! It does not test gateway responses of a deployment. Tests that advance the clock, inject faults, count calls or use
//! the data folder are in other modules.

mod correction;
mod crl;
mod identity_check;
mod ocsp;
mod pick_up;
mod pick_up_refusals;
mod races;
mod refusals;
mod step_order;
mod wizard;
