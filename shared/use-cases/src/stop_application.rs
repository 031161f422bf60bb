//! Stops an application that names another email address than the certificate. The owner of the registered mailbox does
//! this with the stop code from the notice about the changed address.
//!
//! The code alone is sufficient, because it proves control of the registered mailbox, and because a stop only prevents
//! a pick-up until an officer has decided. Its 135 secret bits cannot be guessed, so attempts are not throttled.

use std::sync::Arc;

use crate::{
    effects,
    identity_check::read,
    races::MAX_TRIES,
    refusal::{Failure, InvalidField, Refusal},
};
use domain::{
    Timestamp,
    application::{Accepted, AnyApplication, Application, ApplicationId, Receipt},
    certificate::Certificate,
    fields::Field,
    stop_code::StopCode,
};
use ports::{Clock, Entropy};
use store::{Consequences, Effect, Store, StoreError};
use telemetry::metrics;

pub struct StopApplication {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    /// The source of randomness for outbox row ids.
    pub entropy: Arc<dyn Entropy>,
}

/// The stop code, as sent by the client.
#[derive(Default)]
pub struct StopInput {
    /// 停止コード
    pub stop_code: Option<String>,
}

/// The application to which a stop code belongs, and the certificate that it replaces.
#[derive(Debug)]
pub struct StoppableApplication {
    application_id: ApplicationId,
    application: AnyApplication,
    pub certificate: Certificate,
}

impl StoppableApplication {
    /// Returns the receipt of the application.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Internal`] if the application was not accepted, which never happens, because a stop code is
    /// created after the acceptance.
    pub fn receipt(&self) -> Result<Receipt<'_>, Failure> {
        self.application.receipt().ok_or_else(|| Failure::internal("the application was not accepted"))
    }
}

impl StopApplication {
    /// Returns the application that the code would stop. Does not change the application.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::InvalidFields`] if the code is malformed, and [`Refusal::StopCodeUnknown`] if it belongs to
    /// no application. Returns [`Failure::Store`] if the store fails.
    pub async fn check(&self, input: &StopInput) -> Result<StoppableApplication, Failure> {
        let code: StopCode = read(Field::StopCode, &input.stop_code)
            .map_err(|error| Refusal::InvalidFields(vec![InvalidField::field(error)]))?;
        let id = self.store.stop_target(&code.sha256()).await?.ok_or(Refusal::StopCodeUnknown)?;
        telemetry::concerns(&id.coupon_number);
        let (application, certificate) =
            self.store.application(&id).await?.ok_or(Refusal::StopCodeUnknown)?;
        Ok(StoppableApplication { application_id: id, application, certificate })
    }

    /// Stops the application if it is awaiting pick-up, and returns it in its current state. Repeating the request
    /// changes nothing.
    ///
    /// # Errors
    ///
    /// Returns any error of [`StopApplication::check`], or [`Refusal::TemporarilyUnavailable`] if other calls keep
    /// changing the application.
    pub async fn stop(&self, input: &StopInput) -> Result<StoppableApplication, Failure> {
        for _ in 0..MAX_TRIES {
            let mut found = self.check(input).await?;
            let AnyApplication::Accepted(application) = &found.application else { return Ok(found) };
            match self.stop_waiting(&found.application_id, application, self.clock.now()).await {
                Ok(stopped) => {
                    found.application = stopped;
                    return Ok(found);
                }
                Err(Failure::Store(StoreError::Conflict(_))) => {}
                Err(failure) => return Err(failure),
            }
        }
        Err(Refusal::TemporarilyUnavailable.into())
    }

    async fn stop_waiting(
        &self,
        id: &ApplicationId,
        application: &Application<Accepted>,
        now: Timestamp,
    ) -> Result<AnyApplication, Failure> {
        let stopped = application.clone().stop(now);
        let notice = Effect::StopNotice { application_id: id.clone() };
        let outbox = vec![effects::at_once(self.entropy.as_ref(), notice, now)?];
        self.store.stop_application(id, &stopped, Consequences { outbox, events: Vec::new() }).await?;
        metrics::APPLICATIONS_STOPPED.record(1, []);
        tracing::warn!(
            receipt = stopped.state.accepted.receipt_number.as_str(),
            "an application was stopped"
        );
        Ok(AnyApplication::Stopped(Box::new(stopped)))
    }
}
