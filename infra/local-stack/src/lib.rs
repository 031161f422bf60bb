//! The complete service in one process on loopback.
//!
//! The stack runs the functions of a deployment behind a small gateway, which sends them API Gateway events. The
//! database is an in-process DynamoDB, which the stack accesses with the same client as in a deployment. The other
//! ports have local adapters. All data is in one data folder and remains valid if the process exits at any point.

pub mod adapters;
mod components;
mod data_folder;
mod database;
mod demo;
mod demo_ca;
#[cfg(test)]
mod deployed_cookie;
mod development_cookie;
mod dispatcher;
mod event_handlers;
mod functions;
mod gateway;
mod https;
mod local_pages;
mod mail_service;
mod routes;
mod server_certificate;
mod site;
mod stack;

pub use self::{
    components::Ports,
    data_folder::DataFolder,
    database::{CallCounter, Loss},
    demo::{DemoAccount, DemoError, DemoNames, demonstration},
    demo_ca::{DemoCa, DemoCaError},
    development_cookie::DEVELOPMENT_COOKIE,
    dispatcher::Dispatcher,
    routes::RoutesError,
    site::default_site,
    stack::{Server, Stack, StackError, StackOptions, service_name},
};

/// The log levels of the program, by target. The database logs a warning for every condition that was not met, which is
/// the expected result of a race. The schedules run twice a second, and their results are logged separately.
pub const DEFAULT_LOG: &str = "info,dynoxide=error,edge::invocation=error,metrics=off";
