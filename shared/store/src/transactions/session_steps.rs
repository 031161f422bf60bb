//! Steps 1, 3 and 4, which write the session together with what the step changes.

use crate::{
    Store, StoreError,
    records::{application, audit_log, certificate, session, throttle},
};
use domain::{
    Timestamp,
    application::{Application, Confirmed, Draft, FixedFieldsInput},
    audit::AuditEvent,
    enrollment::ThrottleKey,
    numbers::CouponNumber,
    session::{Session, SessionToken},
    throttle::Failures,
};

impl Store {
    /// Step 1: starts a session and deletes the account's failures, unless a failure was counted since they were read.
    /// In that case guesses run in parallel, and none of them may succeed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when a failure was counted in the meantime, [`StoreError::Unavailable`].
    pub async fn start_session(
        &self,
        token: &SessionToken,
        session: &Session,
        account: &ThrottleKey,
        failures: Option<Failures>,
    ) -> Result<(), StoreError> {
        self.transact(vec![session::create(token, session)?, throttle::forget(account, failures)]).await
    }

    /// Step 3: selects the certificate in the session, and creates `draft` if it is given.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the session has ended or an application was created in the meantime,
    /// [`StoreError::Unavailable`].
    pub async fn select_certificate(
        &self,
        token: &SessionToken,
        coupon_number: &CouponNumber,
        draft: Option<Application<Draft>>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut writes = vec![session::select(token, coupon_number, now)];
        if let Some(draft) = draft {
            let id = token.application_id(coupon_number);
            writes.push(audit_log::record(AuditEvent::application(&id, &draft, now))?);
            writes.push(application::create(&id, draft)?);
        }
        self.transact(writes).await
    }

    /// Step 4: writes the entered fields in one call, without a read. The session must have selected this certificate.
    /// The application must be at `shown_version` and not accepted. The fixed fields that the client sent must equal
    /// the stored ones.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when one of these conditions does not hold, [`StoreError::Unavailable`].
    pub async fn save_application(
        &self,
        token: &SessionToken,
        application: &Application<Confirmed>,
        shown_version: u64,
        fixed: &FixedFieldsInput,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let id = token.application_id(&application.coupon_number);
        let mut writes = vec![
            session::extend(token, &id.coupon_number, now),
            application::enter(&id, application, shown_version)?,
            audit_log::record(AuditEvent::application(&id, application, now))?,
        ];
        writes.extend(certificate::require_fixed_fields(&id, fixed));
        self.transact(writes).await
    }
}
