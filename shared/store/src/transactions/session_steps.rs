//! The transactions of steps 1, 3 and 4, which write the session together with the other changes of the step.

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
    /// Starts a session and deletes the failures of the account (step 1). Fails if another failure was counted after
    /// the failures were read. In this case attempts run in parallel, and parallel attempts must all fail.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when a failure was counted in the meantime, or [`StoreError::Unavailable`].
    pub async fn start_session(
        &self,
        token: &SessionToken,
        session: &Session,
        account: &ThrottleKey,
        failures: Option<Failures>,
    ) -> Result<(), StoreError> {
        self.transact(vec![session::create(token, session)?, throttle::forget(account, failures)]).await
    }

    /// Selects the certificate in the session, and creates `draft` if it is given (step 3).
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the session has ended or an application was created in the meantime, or
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

    /// Writes the entered fields in one call, without a read (step 4). This certificate must be selected in the
    /// session. The application must have the version `shown_version` and must not be accepted. The fixed fields from
    /// the client must equal the stored fields.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when one of these conditions is not met, or [`StoreError::Unavailable`].
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
