//! The whole service in one process on loopback.
//!
//! The functions are the deployed ones, behind a small gateway that speaks API Gateway's events to them. The
//! records are in an in-process DynamoDB that the very same adapter talks to; the other ports have local
//! adapters. Everything lives in one data folder and survives the end of the process at any moment.

pub mod adapters;
mod data_folder;
mod database;
mod demo;
mod demo_ca;
#[cfg(test)]
mod deployed_cookie;
mod development_cookie;
mod dispatcher;
mod functions;
mod gateway;
mod https;
mod local_pages;
mod mail_service;
mod parts;
mod routes;
mod server_certificate;
mod site;
mod stack;
mod triggered;

pub use self::{
    data_folder::DataFolder,
    database::{CallCounter, Loss},
    demo::{DemoAccount, DemoError, DemoNames, demonstration},
    demo_ca::{DemoCa, DemoCaError},
    development_cookie::DEVELOPMENT_COOKIE,
    dispatcher::Dispatcher,
    parts::Ports,
    routes::RoutesError,
    site::default_site,
    stack::{Server, Stack, StackError, StackOptions},
};
