//! The steps of the procedure, carried out over the records and the ports. They know no HTTP and no AWS.

pub mod answer_ocsp;
pub mod identity_check;
pub mod open_case;
pub mod publish_crl;
pub mod register_certificates;
pub mod renew_ocsp_responder;
pub mod save_application;
pub mod seal_audit_log;
pub mod select_certificate;
pub mod send_mail;
pub mod submit_application;
pub mod verify_audit_log;
