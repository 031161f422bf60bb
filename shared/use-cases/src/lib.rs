//! The service's use cases, built on the store and the ports. Use cases depend on neither HTTP nor AWS.

pub mod answer_ocsp;
pub mod ca_on_record;
pub mod correct_address;
mod effects;
pub mod identity_check;
pub mod meet_deadlines;
pub mod passwords;
pub mod pick_up;
pub mod pick_up_check;
pub mod publish_crl;
mod races;
pub mod record_delivery;
pub mod refusal;
pub mod register_certificates;
pub mod renew_ocsp_responder;
pub mod resend_code;
mod revocation;
pub mod save_application;
pub mod seal_audit_log;
pub mod select_certificate;
pub mod send_mail;
pub mod session_context;
pub mod statements;
pub mod submit_application;
pub mod throttling;
pub mod verify_audit_log;
pub mod watch_service;
