//! The whole service, driven over HTTP through the real handlers and the real records.

mod support;
mod wizard;
