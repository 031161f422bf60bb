//! Requests another certificate code from the receipt page. The previous code becomes invalid when the new code is
//! created.

use std::sync::Arc;

use crate::{
    effects,
    races::MAX_TRIES,
    refusal::{Failure, Refusal},
    session_context::SessionContext,
};
use domain::{
    Timestamp, application::NoResend, receipt::ReceiptNumber, session::SessionToken,
    session_limits::LimitedRequest,
};
use ports::{Clock, Entropy};
use store::{Effect, Store, StoreError};

pub struct ResendCode {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    /// The source of randomness for outbox row ids.
    pub entropy: Arc<dyn Entropy>,
}

impl ResendCode {
    /// Requests another code for the receipt's application, and returns the session with the updated records.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::ResendNotPossible`], [`Refusal::NotFound`], [`Refusal::SessionEnded`] or
    /// [`Refusal::SessionLimitReached`]. Returns [`Refusal::TemporarilyUnavailable`] if other calls keep changing the
    /// application, and [`Failure::Store`] if the store fails.
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
        context.check_limit(LimitedRequest::Code)?;
        let coupon_number = receipt.coupon_number.clone();
        let application_id = token.application_id(&coupon_number);
        let application = context.waiting_application(&coupon_number);
        let application = application.ok_or(Refusal::ResendNotPossible(NoResend::Expired))?;
        let effect = Effect::CertificateCode {
            application_id: application_id.clone(),
            send_number: application.state.next_send_number(),
        };
        let row = effects::at_once(self.entropy.as_ref(), effect, now)?;
        self.store.request_code(token, &application_id, application, &row, now).await?;
        application.state.resends.push(now);
        Ok(context)
    }
}
