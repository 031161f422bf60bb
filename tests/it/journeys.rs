//! Tests of the behaviour that subscribers and relying parties observe on any kind of stack. By default, each test
//! starts an embedded stack. If the environment variable `DEPLOYED_STACK` contains the path of a stack description, all
//! tests use the deployed stack ([`AnyStack::start`](crate::support::AnyStack::start)). `cargo test -p tests --test it
//! journeys::` runs only the tests in this module.
//!
//! A test belongs in this module if it uses only requests, emails and published objects, and does not change the time.
//! The tests use the accounts of [`AnyStack`](crate::support::AnyStack), and assert that the times in responses are
//! recent. The journeys do not cover the gateway responses of a deployment. Tests that advance the clock, inject
//! faults, count calls or use the data folder are in other modules.

mod address_change;
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
