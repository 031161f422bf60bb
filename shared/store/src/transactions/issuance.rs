//! The issuance of a new certificate at the pick-up: its claim, and the issuance itself.

use super::revocation::revoke;
use crate::{
    Credential, OutboxRow, Store, StoreError,
    expression::is_new,
    records::{application, audit_log, certificate, credential, outbox, pointer},
    write::Write,
};
use domain::{
    application::{Application, ApplicationId, IssuanceClaim, PickedUp},
    audit::AuditEvent,
    certificate::Certificate,
    enrollment::LoginKey,
    revocation::{RevokedCertificate, SignedStatement},
};

/// The changes that the issuance of a certificate makes.
#[derive(Clone, Debug)]
pub struct Issuance {
    /// The id of the application.
    pub application_id: ApplicationId,
    /// The application after the pick-up.
    pub application: Application<PickedUp>,
    /// The claim, with the bytes that were signed.
    pub claim: IssuanceClaim,
    /// SHA-256 of the certificate code that was used, in lower-case hexadecimal.
    pub code_sha256: String,
    /// The new certificate.
    pub certificate: Certificate,
    /// The enrollment of the new certificate, with the unchanged password.
    pub credential: Credential,
    /// The login key of the certified address and the certificate code, which opens the new enrollment.
    pub login: LoginKey,
    /// The old certificate's revocation with its signed statement, if the pick-up revokes it.
    pub revocation: Option<(RevokedCertificate, SignedStatement)>,
    /// The outbox rows of the effects that must follow.
    pub outbox: Vec<OutboxRow>,
}

impl Store {
    /// Records the data that is going to be signed. Replaces the claim `before`, which was read and never became a
    /// certificate. The claim names the address to which the code was mailed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application no longer waits, when the code was replaced or invalidated by a
    /// correction of the address, when the claim is no longer `before`, or when a stored certificate has the same key;
    /// [`StoreError::Unavailable`].
    pub async fn claim_issuance(
        &self,
        application_id: &ApplicationId,
        code_sha256: &str,
        before: Option<&IssuanceClaim>,
        claim: &IssuanceClaim,
    ) -> Result<(), StoreError> {
        self.transact(vec![
            application::claim_issuance(application_id, code_sha256, before, claim)?,
            Write::check(pointer::subject_key(&claim.key_sha256), is_new()),
        ])
        .await
    }

    /// Issues the certificate. Makes all changes in `issuance` in one transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application no longer waits, when the code or the claim was replaced, when the
    /// old certificate has changed since it was read, or when a number or the key is taken;
    /// [`StoreError::Unavailable`].
    pub async fn issue(&self, issuance: &Issuance) -> Result<(), StoreError> {
        let Issuance { application_id, application, claim, code_sha256, certificate, credential, .. } =
            issuance;
        let (picked_up_at, issued) = (application.state.picked_up_at, &application.state.issued);
        let new = ApplicationId {
            enrollment: credential.enrollment.clone(),
            coupon_number: certificate.coupon_number.clone(),
        };
        let mut writes = vec![
            application::pick_up(application_id, application, code_sha256, claim)?,
            certificate::create(&new, certificate)?,
            pointer::create(pointer::coupon(&certificate.coupon_number), &new)?,
            pointer::create(pointer::serial(&certificate.serial_number), &new)?,
            pointer::create(pointer::subject_key(&issued.key_sha256), &new)?,
            audit_log::record(AuditEvent::application(application_id, application, picked_up_at))?,
            audit_log::record(AuditEvent::issuance(&new.enrollment, certificate, picked_up_at))?,
        ];
        writes.extend(credential::create(&issuance.login, credential)?);
        if let Some(revocation) = &issuance.revocation {
            writes.extend(revoke(application_id, revocation)?);
        }
        for row in &issuance.outbox {
            writes.push(outbox::create(row)?);
        }
        self.transact(writes).await
    }
}
