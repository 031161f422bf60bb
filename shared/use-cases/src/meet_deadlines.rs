//! Processes the deadlines of applications, which revoke the old certificate, send a reminder, or expire the
//! application.
//!
//! Each deadline is an outbox row with a due time. Each row is written when its application is accepted. A deadline may
//! be processed more than once. The transaction that writes a deadline's changes also marks its row as done, so a
//! second run changes nothing.

use std::sync::Arc;

use crate::{effects, refusal::Failure, statements::StatementSigner};
use domain::{
    Timestamp,
    application::{AnyApplication, ApplicationId, Outcome},
    certificate::{Certificate, CertificateState},
};
use ports::{Clock, Entropy};
use store::{Deadline, Effect, OutboxRow, Store, StoreError};

pub struct MeetDeadlines {
    pub store: Store,
    pub statements: StatementSigner,
    pub clock: Arc<dyn Clock>,
    /// The source of randomness for outbox row ids.
    pub entropy: Arc<dyn Entropy>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeadlinesMet {
    /// The number of deadlines that were processed successfully.
    pub met: usize,
    /// The number of deadlines that could not be processed. Each failure is logged, and the next run retries the
    /// deadline.
    pub failed: usize,
}

impl MeetDeadlines {
    /// Processes the deadlines that are due. If processing one deadline fails, the other deadlines are still processed.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the store cannot list the due deadlines.
    pub async fn meet_due(&self) -> Result<DeadlinesMet, Failure> {
        let mut outcome = DeadlinesMet::default();
        for id in self.store.due(Effect::DEADLINE_QUEUE, self.clock.now()).await? {
            let met = async {
                let met = self.meet(&id).await;
                met.inspect_err(|failure| failure.log("a deadline could not be processed"))
            };
            match telemetry::part(&id, met).await {
                Ok(()) => outcome.met += 1,
                Err(_) => outcome.failed += 1,
            }
        }
        Ok(outcome)
    }

    /// Processes the deadline in outbox row `id`. Does nothing if the row is already done or not yet due.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the store fails, and [`Failure::Port`] if the signer fails. The call can be
    /// retried.
    pub async fn meet(&self, id: &str) -> Result<(), Failure> {
        let now = self.clock.now();
        let row = self.store.outbox_row(id).await?;
        let Some(OutboxRow { effect, due_at, done_at, .. }) = row else {
            return Err(Failure::internal("the outbox row does not exist"));
        };
        let Effect::Deadline { deadline, application_id } = effect else {
            return Err(Failure::internal("the outbox row is not a deadline"));
        };
        if done_at.is_some() || now < due_at {
            return Ok(());
        }
        telemetry::concerns(&application_id.coupon_number);
        let Some((application, certificate)) = self.store.application(&application_id).await? else {
            return Err(Failure::internal("the application of the deadline does not exist"));
        };
        let met = match deadline {
            Deadline::Revocation => self.revoke(id, application_id, &application, &certificate, now).await,
            Deadline::Reminder => self.remind(id, application_id, &application, now).await,
            Deadline::Expiry => self.expire(id, application_id, application, now).await,
        };
        match met {
            // In the meantime, the certificate was picked up, or another run processed the deadline. The next run reads
            // the row again.
            Err(Failure::Store(StoreError::Conflict(_))) => Ok(()),
            met => met,
        }
    }

    /// Revokes the old certificate, even if the new certificate was picked up or the application has expired.
    async fn revoke(
        &self,
        id: &str,
        application_id: ApplicationId,
        application: &AnyApplication,
        certificate: &Certificate,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(receipt) = application.receipt() else { return Err(not_accepted()) };
        if matches!(certificate.state, CertificateState::Revoked { .. }) {
            return Ok(self.store.mark_done(id, now).await?);
        }
        let number = &receipt.accepted.receipt_number;
        let revocation = self.statements.supersede(certificate, number, now).await?;
        let crl = Effect::Crl { serial_number: certificate.serial_number.clone() };
        let crl = effects::at_once(self.entropy.as_ref(), crl, now)?;
        Ok(self.store.revoke_at_deadline(id, &application_id, &revocation, &crl).await?)
    }

    async fn remind(
        &self,
        id: &str,
        application_id: ApplicationId,
        application: &AnyApplication,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(receipt) = application.receipt() else { return Err(not_accepted()) };
        if receipt.outcome != Outcome::Waiting || now >= receipt.accepted.ends_at() {
            return Ok(self.store.mark_done(id, now).await?);
        }
        let reminder = Effect::Reminder { application_id: application_id.clone() };
        let reminder = effects::at_once(self.entropy.as_ref(), reminder, now)?;
        Ok(self.store.remind(id, &application_id, &reminder, now).await?)
    }

    async fn expire(
        &self,
        id: &str,
        application_id: ApplicationId,
        application: AnyApplication,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let application = match application {
            AnyApplication::Accepted(application) => *application,
            AnyApplication::PickedUp(_)
            | AnyApplication::Expired(_)
            // A stopped application waits for the decision of an officer.
            | AnyApplication::Stopped(_)
            | AnyApplication::Rejected(_) => {
                return Ok(self.store.mark_done(id, now).await?);
            }
            AnyApplication::Draft(_) | AnyApplication::Confirmed(_) => return Err(not_accepted()),
        };
        let notice = Effect::ExpiryNotice { application_id: application_id.clone() };
        let notice = effects::at_once(self.entropy.as_ref(), notice, now)?;
        Ok(self.store.expire(id, &application_id, &application.expire(now), &notice).await?)
    }
}

fn not_accepted() -> Failure {
    Failure::internal("the application of the deadline was not accepted")
}
