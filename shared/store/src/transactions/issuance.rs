//! The two transactions of a pick-up: claiming the issuance and issuing the new certificate.

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
    credential_keys::LoginKey,
    revocation::{RevokedCertificate, SignedStatement},
};

/// The database changes for the issuance of a certificate.
#[derive(Clone, Debug)]
pub struct Issuance {
    pub application_id: ApplicationId,
    /// The application after the pick-up.
    pub application: Application<PickedUp>,
    /// The claim, which contains the bytes that the CA signed.
    pub claim: IssuanceClaim,
    /// The SHA-256 hash of the certificate code used for the pick-up, in lower-case hexadecimal.
    pub code_sha256: String,
    pub certificate: Certificate,
    /// The credential for the new certificate's enrollment, with the unchanged application password.
    pub credential: Credential,
    /// The new enrollment's login key, derived from the certified email address and the certificate code.
    pub login: LoginKey,
    /// The old certificate's revocation and its signed statement, if the pick-up revokes the old certificate.
    pub revocation: Option<(RevokedCertificate, SignedStatement)>,
    /// The outbox rows to add in the same transaction.
    pub outbox: Vec<OutboxRow>,
}

impl Store {
    /// Records the to-be-signed certificate before the CA signs it. Replaces `before`, the claim of an earlier attempt
    /// that did not complete. The new claim contains the email address to which the code was sent.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the application is no longer awaiting pick-up, or if its code or claim has
    /// changed. Also returns [`StoreError::Conflict`] if another certificate has the same key. Returns
    /// [`StoreError::Unavailable`] if the DynamoDB call fails.
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

    /// Issues the certificate by writing all changes in `issuance` in one transaction.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the application is no longer awaiting pick-up, or if its code or claim has
    /// changed. Also returns [`StoreError::Conflict`] if the old certificate is no longer active, or if a new number or
    /// the key is already in use. Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
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
