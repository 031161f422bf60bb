//! Revokes a certificate when its replacement is picked up or when the deadline passes.

use crate::{
    StoreError,
    records::{audit_log, certificate, revocation},
    write::Write,
};
use domain::{
    application::ApplicationId,
    audit::AuditEvent,
    revocation::{RevokedCertificate, SignedStatement},
};

/// Returns the writes that revoke the application's old certificate. The writes change the certificate's state, and add
/// a revocation row and an audit event. The certificate must still be active.
pub(super) fn revoke(
    id: &ApplicationId,
    (revoked, statement): &(RevokedCertificate, SignedStatement),
) -> Result<[Write; 3], StoreError> {
    Ok([
        certificate::revoke(id, revoked)?,
        revocation::create(&id.enrollment, revoked, Some(statement))?,
        audit_log::record(AuditEvent::revocation(revoked, statement))?,
    ])
}
