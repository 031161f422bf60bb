//! Tests of the whole service over HTTP, with the real handlers and a real database.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the whole binary is test code, but clippy exempts only test functions"
)]

mod address_hold;
mod audit;
mod clock_changes;
mod correction;
mod crl;
mod deadlines;
mod delivery;
mod deployment;
mod durability;
mod email_addresses;
mod entrance;
mod faults;
mod field_rules;
mod http_parsing;
mod https;
mod identity_check;
mod import;
mod journeys;
mod layers;
mod limits;
mod local_pages;
mod logs;
mod metrics;
mod ocsp;
mod ocsp_signatures;
mod outages;
mod pick_up;
mod pick_up_refusals;
mod privacy_page;
mod properties;
mod publishing;
mod refusals;
mod relay;
mod requests;
mod resend;
mod revocation_statement;
mod round_trips;
mod sealing;
mod session_texts;
mod start_up_check;
mod step_order;
mod support;
mod unreadable;
mod wizard;
