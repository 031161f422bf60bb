//! The functions that queues and schedules start, wired with the local components as in their `main`.

use std::sync::Arc;

use meet_deadlines::MeetDeadlinesFunction;
use publish_crl::PublishCrlFunction;
use record_delivery::RecordDeliveryFunction;
use renew_ocsp_responder::RenewOcspResponderFunction;
use seal_audit_log::SealAuditLogFunction;
use send_certificate_code::SendCertificateCode;
use shared::{
    domain::application::CodeLifetime,
    use_cases::{
        meet_deadlines::MeetDeadlines, publish_crl::PublishCrl, record_delivery::RecordDelivery,
        renew_ocsp_responder::RenewOcspResponder, seal_audit_log::SealAuditLog, send_mail::SendMail,
        watch_service::WatchService,
    },
};
use watch_service::WatchServiceFunction;

use crate::parts::Parts;

/// The functions that queues and schedules start.
pub(crate) struct Triggered {
    pub(crate) deadlines: MeetDeadlinesFunction,
    pub(crate) send: SendCertificateCode,
    pub(crate) record: RecordDeliveryFunction,
    pub(crate) publish: PublishCrlFunction,
    pub(crate) seal: SealAuditLogFunction,
    pub(crate) renew: RenewOcspResponderFunction,
    pub(crate) watch: WatchServiceFunction,
}

impl Triggered {
    pub(crate) fn new(parts: &Parts) -> Self {
        let Parts { store, ports, .. } = parts;
        let meet = MeetDeadlines {
            store: store.clone(),
            statements: parts.statements(),
            clock: parts.clock(),
            entropy: parts.entropy(),
        };
        let send = SendMail {
            store: store.clone(),
            authenticator: Arc::clone(&ports.authenticator),
            mailer: Arc::clone(&ports.mailer),
            clock: parts.clock(),
            branding: parts.mail_branding.clone(),
            code_lifetime: CodeLifetime::default(),
        };
        let publish = PublishCrl {
            store: store.clone(),
            signer: Arc::clone(&ports.ca_signer),
            authority: parts.authority(),
            objects: Arc::clone(&ports.objects),
            segments: Arc::clone(&ports.state_objects),
            publication: parts.profile.publication().clone(),
            shards: parts.shards,
            clock: parts.clock(),
            scratch: parts.scratch.clone(),
        };
        let seal = SealAuditLog {
            store: store.clone(),
            log: Arc::clone(&ports.state_objects),
            statements: parts.statements(),
            clock: parts.clock(),
        };
        let renew = RenewOcspResponder {
            store: store.clone(),
            signer: Arc::clone(&ports.ca_signer),
            authority: parts.authority(),
            responder_key: parts.ocsp_key.clone(),
            clock: parts.clock(),
            entropy: parts.entropy(),
        };
        let watch = WatchService {
            store: store.clone(),
            objects: Arc::clone(&ports.objects),
            shards: parts.shards,
            clock: parts.clock(),
        };
        Self {
            deadlines: MeetDeadlinesFunction { meet },
            send: SendCertificateCode { send },
            record: RecordDeliveryFunction { record: RecordDelivery { store: store.clone() } },
            publish: PublishCrlFunction { publish },
            seal: SealAuditLogFunction { seal },
            renew: RenewOcspResponderFunction { renew },
            watch: WatchServiceFunction { watch },
        }
    }
}
