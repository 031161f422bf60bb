//! Creates the functions that queues and schedules invoke.

use meet_deadlines::MeetDeadlinesFunction;
use publish_crl::PublishCrlFunction;
use record_delivery::RecordDeliveryFunction;
use renew_ocsp_responder::RenewOcspResponderFunction;
use seal_audit_log::SealAuditLogFunction;
use send_certificate_code::SendCertificateCode;
use shared::wiring::BackendError;
use watch_service::WatchServiceFunction;

use crate::components::Components;

pub(crate) struct EventHandlers {
    pub(crate) deadlines: MeetDeadlinesFunction,
    pub(crate) send: SendCertificateCode,
    pub(crate) record: RecordDeliveryFunction,
    pub(crate) publish: PublishCrlFunction,
    pub(crate) seal: SealAuditLogFunction,
    pub(crate) renew: RenewOcspResponderFunction,
    pub(crate) watch: WatchServiceFunction,
}

impl EventHandlers {
    pub(crate) async fn new(components: &Components) -> Result<Self, BackendError> {
        Ok(Self {
            deadlines: MeetDeadlinesFunction::new(components).await?,
            send: SendCertificateCode::new(components).await?,
            record: RecordDeliveryFunction::new(components).await?,
            publish: PublishCrlFunction::new(components).await?,
            seal: SealAuditLogFunction::new(components).await?,
            renew: RenewOcspResponderFunction::new(components).await?,
            watch: WatchServiceFunction::new(components).await?,
        })
    }
}
