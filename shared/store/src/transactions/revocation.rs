//! The writes that revoke a certificate after its application was accepted: at the pick-up of the new one, or at the
//! deadline.

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

/// Returns the writes that revoke the certificate of the application, which must still be active: its state, the row
/// from which CRLs are made, and the audit event.
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
