//! Runs the complete service in one process on the loopback interface.
//!
//! A small gateway passes each API request to a function as an API Gateway event. The functions are the same as in a
//! deployment, and use an in-process DynamoDB through the AWS SDK. Local adapters implement the other ports. The stack
//! stores everything in one data folder, which stays consistent even if the process is killed.

pub mod adapters;
mod components;
mod connection;
mod data_folder;
mod database;
mod database_file;
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
mod start_check;
mod wording;

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

/// The default log filter. The filter hides dynoxide's warnings about failed conditions, which are normal when two
/// requests race. The filter also hides the log line of each invocation, because two scheduled functions run twice a
/// second.
pub const DEFAULT_LOG: &str = "info,dynoxide=error,edge::invocation=error,metrics=off";
