//! Records delivery reports from the email service. The receipt shows whether the email with the certificate code was
//! delivered.
//!
//! Each report contains the id of the email's outbox row, which was written before the email was sent. A report can
//! therefore be matched to its email even if the sender crashed before it marked the email as sent. Reports may arrive
//! more than once and in any order.

use crate::{
    races::MAX_TRIES,
    refusal::{Failure, Refusal},
};
use domain::{
    application::ApplicationId,
    audit::AuditEvent,
    delivery::{Deliveries, Delivery, DeliveryKind, DeliveryReport},
    receipt::ReceiptNumber,
};
use store::{Effect, Store, StoreError};

/// The result of recording a delivery report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// The receipt with this number now shows the outcome.
    Shown(ReceiptNumber),
    /// The receipt with this number already showed this outcome or a higher-ranked one.
    Known(ReceiptNumber),
    /// The email contained no code, so its delivery is not shown on a receipt.
    OtherMail,
    /// The outbox never contained a row for the email, or the row has been deleted.
    UnknownMail,
}

pub struct RecordDelivery {
    pub store: Store,
}

impl RecordDelivery {
    /// Records `report`, unless the receipt already shows this outcome or a higher-ranked one.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Internal`] if the report refers to an email that was never sent, and [`Failure::Store`] if
    /// the store fails. Returns [`Refusal::TemporarilyUnavailable`] if other calls keep changing the application.
    pub async fn record(&self, report: &DeliveryReport) -> Result<Recorded, Failure> {
        let Some(row) = self.store.outbox_row(&report.outbox_id).await? else {
            return Ok(Recorded::UnknownMail);
        };
        let Effect::CertificateCode { application_id, .. } = row.effect else {
            return Ok(Recorded::OtherMail);
        };
        for _ in 0..MAX_TRIES {
            match self.record_on_application(&application_id, report).await {
                Err(Failure::Store(StoreError::Conflict(_))) => {}
                decided => return decided,
            }
        }
        Err(Refusal::TemporarilyUnavailable.into())
    }

    async fn record_on_application(
        &self,
        application_id: &ApplicationId,
        report: &DeliveryReport,
    ) -> Result<Recorded, Failure> {
        let found = self.store.application(application_id).await?;
        let receipt = found.as_ref().and_then(|(application, _)| application.receipt());
        let accepted = receipt.ok_or_else(never_sent)?.accepted;
        let codes = 1..=accepted.greatest_send_number();
        let send_number = report.send_number.filter(|number| codes.contains(number));
        let delivery = Delivery {
            send_number: send_number.ok_or_else(never_sent)?,
            outcome: report.outcome,
            at: report.at,
        };
        let (number, known) = (accepted.receipt_number.clone(), &accepted.deliveries);
        match known.with(delivery) {
            None => Ok(Recorded::Known(number)),
            Some(after) => self.record_outcome(application_id, number, known, &after, delivery).await,
        }
    }

    async fn record_outcome(
        &self,
        application_id: &ApplicationId,
        number: ReceiptNumber,
        before: &Deliveries,
        after: &Deliveries,
        delivery: Delivery,
    ) -> Result<Recorded, Failure> {
        let event = match delivery.outcome.kind() {
            DeliveryKind::Delayed | DeliveryKind::Delivered => None,
            DeliveryKind::Bounced | DeliveryKind::Complained => {
                Some(AuditEvent::code_mail(&number, delivery))
            }
        };
        self.store.record_deliveries(application_id, before, after, event).await?;
        Ok(Recorded::Shown(number))
    }
}

fn never_sent() -> Failure {
    Failure::internal("the report refers to an email that was never sent")
}
