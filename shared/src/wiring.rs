//! Creates use cases from the components of a [`Backend`], with one constructor for each use case. [`Deployment`] is
//! the backend for AWS. The `local-stack` crate has two more backends: one for the running stack, and one for the
//! operators' tool, which accesses the stack's data folder.

mod backend;
mod deployment;
mod use_cases;
mod wording;

pub use self::{
    backend::{Backend, BackendError, FunctionBackend, SigningKey},
    deployment::{Deployment, SettingError},
    use_cases::{
        answer_ocsp, check_service, correct_address, decide_application, entrance, identity_check,
        meet_deadlines, pick_up, publish_crl, record_delivery, register_certificates, renew_ocsp_responder,
        resend_code, seal_audit_log, send_mail, stop_application, submit_application, sweep_outbox,
        watch_service,
    },
};
