//! The writes that revoke a certificate at the pick-up of the new certificate or at the deadline.

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

/// Returns the writes that revoke the certificate of the application. They change the state of the certificate, and add
/// the row for the CRLs and the audit event. The certificate must still be active.
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
