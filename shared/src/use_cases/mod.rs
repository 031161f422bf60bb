//! The steps of the procedure, carried out over the records and the ports. They know no HTTP and no AWS.

mod effects;
pub mod identity_check;
pub mod meet_deadlines;
pub mod open_case;
pub mod pick_up;
pub mod pick_up_check;
pub mod publish_crl;
pub mod register_certificates;
pub mod resend_code;
pub mod revocation;
pub mod save_application;
pub mod select_certificate;
pub mod send_mail;
pub mod submit_application;
mod throttling;
