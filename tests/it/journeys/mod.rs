//! What subscribers and relying parties see, on any stack: an embedded one for each test, or a deployed one for all when
//! the environment variable `DEPLOYED_STACK` names its description ([`AnyStack::start`](crate::support::AnyStack::start)).
//! `cargo test -p tests --test it journeys::` runs these alone.
//!
//! A test belongs here when it needs nothing but requests, mails and what is published, and no other time than the
//! present. It knows its accounts by [`AnyStack`](crate::support::AnyStack), takes times from answers and asserts that they
//! are recent, and leaves out what the gateway of a deployment answers by itself. Whatever needs a moved clock, a planned
//! fault, counted calls or the data folder stays outside.

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
