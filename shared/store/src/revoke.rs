//! Revokes a certificate after its application was accepted: at the pick-up of the new one, or at the deadline.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::{Expression, Store, StoreError, items::Key, number, text, to_attribute};
use domain::{
    application::ApplicationId,
    audit::AuditEvent,
    revocation::{RevokedCertificate, SignedStatement},
};

impl Store {
    /// Returns the writes that revoke the certificate of the application, which must still be active: its state, the row from
    /// which CRLs are made, and the audit event.
    pub(super) fn revocation_writes(
        &self,
        application_id: &ApplicationId,
        (revoked, statement): &(RevokedCertificate, SignedStatement),
    ) -> Result<[TransactWriteItem; 3], StoreError> {
        let state = Expression::condition("#state = :active").update(&format!("SET {REVOKED}"));
        let state = revoking(state, revoked)?;
        let key = Key::certificate(application_id);
        Ok([
            state.into_update(&self.tables.registry, key.to_item())?,
            self.revocation(&application_id.enrollment, revoked, Some(statement))?,
            self.audit(AuditEvent::revocation(revoked, statement))?,
        ])
    }
}

/// The assignments that change an active certificate to a revoked one; see [`revoking`].
pub(super) const REVOKED: &str = "#state = :revoked, reason = :reason, #at = :at";

/// Adds to `expression` the names and values of [`REVOKED`] and of the condition `#state = :active`.
pub(super) fn revoking(
    expression: Expression,
    revoked: &RevokedCertificate,
) -> Result<Expression, StoreError> {
    Ok(expression
        .name("#state", "state")
        .name("#at", "at")
        .value(":active", text("active"))
        .value(":revoked", text("revoked"))
        .value(":reason", to_attribute(&revoked.reason)?)
        .value(":at", number(revoked.revoked_at)))
}
