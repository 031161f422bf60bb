//! The whole service, driven over HTTP through the real handlers and the real records.

mod field_rules;
mod support;
mod wizard;
