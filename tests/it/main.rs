//! The whole service, driven over HTTP through the real handlers and the real records.

mod crl;
mod durability;
mod faults;
mod field_rules;
mod identity_check;
mod import;
mod properties;
mod races;
mod refusals;
mod requests;
mod revocation_statement;
mod step_order;
mod support;
mod wizard;
