//! A stack of its own for each test, a clock that can be moved, ports that can fail, and a client that keeps its
//! cookie and holds every answer against the API description.

mod certificates;
mod client;
mod contract;
mod faults;
mod mails;
mod openssl;
mod program;
mod publishing;
mod stack;

pub(crate) use self::{
    certificates::{LocalCa, record},
    client::{Answer, Client, KEY},
    faults::Fault,
    mails::{code_in, mails},
    openssl::{Crl, demo_certificate},
    program::{Program, demo_account, kill_when, until},
    publishing::{Publishing, revoked},
    stack::{MovedClock, Prepared, START, TestStack},
};
