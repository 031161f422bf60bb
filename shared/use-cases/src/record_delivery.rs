//! What the mail service reports of the mails that were sent: whether the mail with the code arrived is for the
//! subscriber to see on the receipt.
//!
//! A report names the outbox row of its mail, which was written before the mail was sent: it is understood although
//! the sender may have died before it recorded the sending. Reports come more than once and in any order.

use crate::refusal::{Failure, Refusal};
use domain::{
    Timestamp,
    audit::AuditEvent,
    delivery::{Deliveries, Delivery, DeliveryKind, DeliveryOutcome},
    receipt::ReceiptNumber,
};
use store::{Effect, Pointer, Store, StoreError};

/// How often a report that lost a race looks at what happened.
const MAX_TRIES: u32 = 3;

/// What the mail service reports of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The outbox row of the mail.
    pub outbox_id: String,
    /// Which of the application's codes it brought, if it brought one.
    pub send_number: Option<u32>,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// When, by the mail service's clock.
    pub at: Timestamp,
}

/// What a report came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// The receipt with this number says so now.
    News(ReceiptNumber),
    /// The receipt with this number says this or more already.
    Known(ReceiptNumber),
    /// It is about a mail without a code, of which no receipt tells.
    OtherMail,
    /// It is about a mail that is not on record (any more).
    UnknownMail,
}

/// Records what became of mails.
pub struct RecordDelivery {
    /// The records.
    pub store: Store,
}

impl RecordDelivery {
    /// Records `report`, unless as much is known already.
    ///
    /// # Errors
    ///
    /// When it names a mail that was never sent, and a failure of the records.
    pub async fn record(&self, report: &DeliveryReport) -> Result<Recorded, Failure> {
        let Some(row) = self.store.outbox_row(&report.outbox_id).await? else {
            return Ok(Recorded::UnknownMail);
        };
        let Effect::CertificateCode { enrollment, coupon_number, .. } = row.effect else {
            return Ok(Recorded::OtherMail);
        };
        let place = Pointer { enrollment, coupon_number };
        for _ in 0..MAX_TRIES {
            match self.record_on_application(&place, report).await {
                Err(Failure::Store(StoreError::Conflict(_))) => {}
                decided => return decided,
            }
        }
        Err(Refusal::TemporarilyUnavailable.into())
    }

    async fn record_on_application(
        &self,
        place: &Pointer,
        report: &DeliveryReport,
    ) -> Result<Recorded, Failure> {
        let found = self.store.application(place).await?;
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
            Some(after) => self.record_news(place, number, known, &after, delivery).await,
        }
    }

    async fn record_news(
        &self,
        place: &Pointer,
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
        self.store.record_deliveries(place, before, after, event).await?;
        Ok(Recorded::News(number))
    }
}

fn never_sent() -> Failure {
    Failure::Internal("the report names a mail that was never sent".to_owned())
}
