//! The two transactions of a pick-up: the claim of the issuance, and the issuance of the new certificate.

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

/// The changes for the issuance of a certificate.
#[derive(Clone, Debug)]
pub struct Issuance {
    /// The id of the application.
    pub application_id: ApplicationId,
    /// The application after the pick-up.
    pub application: Application<PickedUp>,
    /// The claim, which contains the signed bytes.
    pub claim: IssuanceClaim,
    /// The SHA-256 of the certificate code that was used, in lower-case hexadecimal.
    pub code_sha256: String,
    /// The new certificate.
    pub certificate: Certificate,
    /// The credential for the enrollment of the new certificate, with the unchanged password.
    pub credential: Credential,
    /// The login key for the new enrollment, derived from the certified address and the certificate code.
    pub login: LoginKey,
    /// The old certificate's revocation with its signed statement, if the pick-up revokes the old certificate.
    pub revocation: Option<(RevokedCertificate, SignedStatement)>,
    /// The outbox rows for the effects of the issuance.
    pub outbox: Vec<OutboxRow>,
}

impl Store {
    /// Records the data to be signed, before it is signed. Replaces the stored claim `before`, which did not lead to a
    /// committed certificate. The new claim contains the email address to which the code was sent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application is no longer waiting, when the code was replaced or invalidated by
    /// an address correction, when the stored claim is no longer `before`, or when a stored certificate has the same
    /// key. Otherwise [`StoreError::Unavailable`].
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

    /// Issues the certificate. Writes all changes in `issuance` in one transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the application is no longer waiting, when the code or the claim was replaced,
    /// when the old certificate has changed since it was read, or when a new number or the key is already in use.
    /// Otherwise [`StoreError::Unavailable`].
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
