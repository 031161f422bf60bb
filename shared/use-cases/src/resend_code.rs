//! Requests another certificate code on the receipt page. The previous code stops working when the new code is created.

use std::sync::Arc;

use crate::{
    effects,
    refusal::{Failure, Refusal},
    session_context::SessionContext,
};
use domain::{Timestamp, application::NoResend, receipt::ReceiptNumber, session::SessionToken};
use ports::{Clock, Entropy};
use store::{Effect, Store, StoreError};

/// The maximum number of attempts for a request that loses races.
const MAX_TRIES: u32 = 3;

/// The use case that requests further certificate codes.
pub struct ResendCode {
    /// The store.
    pub store: Store,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of random ids for outbox rows.
    pub entropy: Arc<dyn Entropy>,
}

impl ResendCode {
    /// Requests another code for the receipt's application. Returns the updated records that the session can access.
    ///
    /// # Errors
    ///
    /// [`Refusal::ResendNotPossible`], [`Refusal::NotFound`], [`Refusal::SessionEnded`],
    /// [`Refusal::TemporarilyUnavailable`] if other calls kept changing the application, or [`Failure::Store`] if the
    /// store fails.
    pub async fn resend(
        &self,
        token: &SessionToken,
        number: &ReceiptNumber,
    ) -> Result<SessionContext, Failure> {
        for _ in 0..MAX_TRIES {
            let now = self.clock.now();
            let context = SessionContext::open(&self.store, token, now).await?;
            match self.request(token, context, number, now).await {
                Err(Failure::Store(StoreError::Conflict(_))) => {}
                decided => return decided,
            }
        }
        Err(Refusal::TemporarilyUnavailable.into())
    }

    async fn request(
        &self,
        token: &SessionToken,
        mut context: SessionContext,
        number: &ReceiptNumber,
        now: Timestamp,
    ) -> Result<SessionContext, Failure> {
        let (receipt, _) = context.receipt(number)?;
        receipt.check_resend(now).map_err(Refusal::ResendNotPossible)?;
        let coupon_number = receipt.coupon_number.clone();
        let application_id = token.application_id(&coupon_number);
        let application = context.waiting_application(&coupon_number);
        let application = application.ok_or(Refusal::ResendNotPossible(NoResend::Expired))?;
        let effect = Effect::CertificateCode {
            application_id: application_id.clone(),
            send_number: application.state.next_send_number(),
        };
        let row = effects::at_once(self.entropy.as_ref(), effect, now)?;
        self.store.request_code(&application_id, application, &row, now).await?;
        application.state.resends.push(now);
        Ok(context)
    }
}
