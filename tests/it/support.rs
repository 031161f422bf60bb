//! Support for the tests: embedded and deployed stacks, a clock that tests can advance, ports that inject planned
//! faults, and a client. The client stores the session cookie and checks every response against the API description.

mod address_change;
mod audit_log;
mod call_budget;
mod certificates;
mod client;
pub(crate) mod contract;
mod correction;
mod deployed;
mod faults;
mod log;
mod mails;
mod ocsp;
mod one_application;
mod openssl;
mod outbox_database;
mod pick_up;
mod program;
mod publishing;
mod races;
mod raw_database;
mod sealing;
mod stack;
mod tls;
pub(crate) mod walk;

pub(crate) use self::{
    address_change::TestOfficer,
    audit_log::ExportedLog,
    certificates::{LocalCa, record},
    client::{Answer, Client, KEY},
    correction::{ASTRAY, Mistyped},
    faults::Fault,
    log::{CapturedLog, NAMESPACE},
    mails::{code_in, sign_in_code_in, stop_code_in},
    ocsp::{INTERNAL_ERROR, MALFORMED_REQUEST, RelyingParty, TRY_LATER, UNAUTHORIZED},
    one_application::{VERSION, one_application},
    openssl::Crl,
    outbox_database::OutboxDatabase,
    pick_up::{Mailed, PickUpCredentials, new_request, openssl_request, request_for},
    program::{Program, demo_account, kill_when, until},
    publishing::{Publishing, revoked},
    races::{submit_at_once, the_one_accepted},
    raw_database::RawDatabase,
    sealing::Sealing,
    stack::{AnyStack, MovedClock, Prepared, START, TestStack, start_stack_in, timestamp},
    tls::TlsClient,
};
