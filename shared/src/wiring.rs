//! Creates the use cases from the components of a [`Backend`]. There is one constructor for each use case. The backends
//! are a [`Deployment`] and the two backends of the crate `local-stack`: the running stack, and its data folder for the
//! operators' tool.

mod backend;
mod deployment;
mod use_cases;

pub use self::{
    backend::{Backend, BackendError, FunctionBackend, SigningKey},
    deployment::{Deployment, SettingError},
    use_cases::{
        answer_ocsp, correct_address, identity_check, meet_deadlines, pick_up, publish_crl, record_delivery,
        register_certificates, renew_ocsp_responder, resend_code, seal_audit_log, send_mail,
        submit_application, watch_service,
    },
};
