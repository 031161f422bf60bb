//! Transactions for steps 3 and 4. Each transaction updates the session together with the other changes of its step.

use crate::{
    Store, StoreError,
    records::{application, audit_log, certificate, session},
};
use domain::{
    Timestamp,
    application::{Application, Confirmed, Draft, FixedFieldsInput},
    audit::AuditEvent,
    numbers::CouponNumber,
    session::SessionToken,
};

impl Store {
    /// Selects the certificate in the session, and creates the application if `draft` is `Some` (step 3).
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the session has ended or reached its limit, or if an application was created
    /// in the meantime. Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
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

    /// Writes the entered fields in one call, without reading first (step 4). The application's certificate must be
    /// selected in the session, and the session must not have reached its limit. The stored application must have the
    /// version `shown_version` and must not have been accepted. The fixed fields sent by the client must match the
    /// stored fields.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if a condition is not met, or [`StoreError::Unavailable`] if the DynamoDB call
    /// fails.
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
            session::save(token, &id.coupon_number, now),
            application::enter(&id, application, shown_version)?,
            audit_log::record(AuditEvent::application(&id, application, now))?,
        ];
        writes.extend(certificate::require_fixed_fields(&id, fixed));
        self.transact(writes).await
    }
}
