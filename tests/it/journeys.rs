//! Tests of everything that subscribers and relying parties see, on any stack. Each test has an embedded stack of its
//! own. If the environment variable `DEPLOYED_STACK` names the description of a deployed stack, all tests use that one
//! ([`AnyStack::start`](crate::support::AnyStack::start)). `cargo test -p tests --test it journeys::` runs only these
//! tests.
//!
//! A test belongs here if it needs only requests, emails and published objects, and no time other than the present. It
//! takes its accounts from [`AnyStack`](crate::support::AnyStack). It takes times from answers and asserts that they
//! are recent. It leaves out the answers that the gateway of a deployment gives itself. Tests that need a moved clock,
//! a planned fault, counted calls or the data folder are elsewhere.

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
