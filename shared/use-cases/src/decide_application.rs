//! An officer's decision about an application that was stopped, or whose changed email address is held.

use std::sync::Arc;

use crate::{effects, races::MAX_TRIES, refusal::Failure};
use domain::{
    Timestamp,
    application::{Accepted, AnyApplication, Application, ApplicationId, MailedCode, Rejected},
    audit::{AuditEvent, Decision, Officer},
    certificate::Certificate,
};
use ports::{Clock, Entropy};
use store::{Consequences, Effect, Store, StoreError};

pub struct DecideApplication {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    /// The source of randomness for outbox row ids.
    pub entropy: Arc<dyn Entropy>,
}

/// The reason why a decision is not possible.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    #[error("the application does not exist or was not submitted yet")]
    NotSubmitted,
    #[error("the application is not stopped, and no hold of its codes is active")]
    NothingToRelease,
    #[error("the pick-up period has ended; reject the application")]
    PeriodEnded,
    #[error("the application has already ended: it was picked up, has expired or was rejected")]
    Ended,
    #[error("other calls keep changing the application; try again")]
    Busy,
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for DecisionError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

impl DecideApplication {
    /// Releases the application. A new code is sent to the current email address immediately. All earlier codes are
    /// invalid.
    ///
    /// # Errors
    ///
    /// Returns [`DecisionError`] if the application is neither stopped nor held, or if the store fails.
    pub async fn release(&self, id: &ApplicationId, officer: &Officer) -> Result<(), DecisionError> {
        for _ in 0..MAX_TRIES {
            let now = self.clock.now();
            let (application, certificate) = self.read(id).await?;
            let (before, released) = released(application, now)?;
            match self.write_release(id, before, released, &certificate, officer, now).await {
                Err(Failure::Store(StoreError::Conflict(_))) => {}
                decided => return Ok(decided?),
            }
        }
        Err(DecisionError::Busy)
    }

    /// Rejects the application, which ends it. The registered mailbox is notified.
    ///
    /// # Errors
    ///
    /// Returns [`DecisionError`] if the application has already ended, or if the store fails.
    pub async fn reject(&self, id: &ApplicationId, officer: &Officer) -> Result<(), DecisionError> {
        for _ in 0..MAX_TRIES {
            let now = self.clock.now();
            let (application, _) = self.read(id).await?;
            match self.write_rejection(id, rejected(application, now)?, officer, now).await {
                Err(Failure::Store(StoreError::Conflict(_))) => {}
                decided => return Ok(decided?),
            }
        }
        Err(DecisionError::Busy)
    }

    async fn read(&self, id: &ApplicationId) -> Result<(AnyApplication, Certificate), DecisionError> {
        self.store.application(id).await?.ok_or(DecisionError::NotSubmitted)
    }

    async fn write_release(
        &self,
        id: &ApplicationId,
        before: Option<MailedCode>,
        released: Application<Accepted>,
        certificate: &Certificate,
        officer: &Officer,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let accepted = &released.state;
        let send_number = accepted.first_send_number();
        let mut effects = vec![Effect::CertificateCode { application_id: id.clone(), send_number }];
        if accepted.changes_address_of(certificate) {
            effects.push(Effect::AddressChangeNotice { application_id: id.clone() });
        }
        let event = AuditEvent::decision(
            &accepted.receipt_number,
            released.version,
            Decision::Released,
            officer,
            now,
        );
        let consequences = Consequences { outbox: self.rows(effects, now)?, events: vec![event] };
        Ok(self.store.release_application(id, before.as_ref(), &released, consequences).await?)
    }

    async fn write_rejection(
        &self,
        id: &ApplicationId,
        rejected: Application<Rejected>,
        officer: &Officer,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let receipt_number = &rejected.state.accepted.receipt_number;
        let event = AuditEvent::decision(receipt_number, rejected.version, Decision::Rejected, officer, now);
        let notice = Effect::RejectionNotice { application_id: id.clone() };
        let consequences = Consequences { outbox: self.rows(vec![notice], now)?, events: vec![event] };
        Ok(self.store.reject_application(id, &rejected, consequences).await?)
    }

    fn rows(&self, effects: Vec<Effect>, now: Timestamp) -> Result<Vec<store::OutboxRow>, Failure> {
        let row = |effect| effects::at_once(self.entropy.as_ref(), effect, now).map_err(Failure::from);
        effects.into_iter().map(row).collect()
    }
}

/// Returns the latest code before the release, and the application after it.
fn released(
    application: AnyApplication,
    now: Timestamp,
) -> Result<(Option<MailedCode>, Application<Accepted>), DecisionError> {
    match application {
        AnyApplication::Stopped(application) => {
            let accepted = &application.state.accepted;
            if now >= accepted.ends_at() {
                return Err(DecisionError::PeriodEnded);
            }
            Ok((accepted.mailed_code.clone(), application.release(now)))
        }
        AnyApplication::Accepted(application) => {
            let accepted = &application.state;
            if accepted.active_hold(now).is_none() {
                return Err(DecisionError::NothingToRelease);
            }
            if now >= accepted.ends_at() {
                return Err(DecisionError::PeriodEnded);
            }
            Ok((accepted.mailed_code.clone(), application.approve(now)))
        }
        AnyApplication::PickedUp(_) | AnyApplication::Expired(_) | AnyApplication::Rejected(_) => {
            Err(DecisionError::Ended)
        }
        AnyApplication::Draft(_) | AnyApplication::Confirmed(_) => Err(DecisionError::NotSubmitted),
    }
}

fn rejected(application: AnyApplication, now: Timestamp) -> Result<Application<Rejected>, DecisionError> {
    match application {
        AnyApplication::Stopped(application) => Ok(application.reject(now)),
        AnyApplication::Accepted(application) => Ok(application.reject(now)),
        AnyApplication::PickedUp(_) | AnyApplication::Expired(_) | AnyApplication::Rejected(_) => {
            Err(DecisionError::Ended)
        }
        AnyApplication::Draft(_) | AnyApplication::Confirmed(_) => Err(DecisionError::NotSubmitted),
    }
}
