//! Registers certificates that this system or an older system issued.

use crate::{
    Credential, Store, StoreError,
    item::from_item,
    records::{audit_log, certificate, credential, pointer, revocation},
};
use domain::{
    Timestamp,
    application::ApplicationId,
    audit::AuditEvent,
    certificate::{Certificate, CertificateState},
    credential_keys::LoginKey,
    revocation::RevokedCertificate,
};

/// A certificate to register, with its credentials.
#[derive(Clone, Debug)]
pub struct NewCertificate {
    /// The login key derived from the email address and the certificate code.
    pub login: LoginKey,
    /// The enrollment and its application password hash.
    pub credential: Credential,
    pub certificate: Certificate,
    /// The SHA-256 hash of the certificate's SubjectPublicKeyInfo, in lower-case hexadecimal.
    pub key_sha256: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationOutcome {
    /// The certificate was registered.
    Registered,
    /// The same certificate was already registered. Nothing was written.
    AlreadyRegistered,
    /// The coupon number or serial number belongs to another certificate. Nothing was written.
    Taken,
}

impl Store {
    /// Registers a certificate. Also creates the enrollment if it does not exist yet, and the revocation if the
    /// certificate is revoked.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if another process registered the same certificate in the meantime. Returns
    /// [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn register(
        &self,
        new: &NewCertificate,
        now: Timestamp,
    ) -> Result<RegistrationOutcome, StoreError> {
        let certificate = &new.certificate;
        let id = ApplicationId {
            enrollment: new.credential.enrollment.clone(),
            coupon_number: certificate.coupon_number.clone(),
        };
        let (coupon, serial) =
            (pointer::coupon(&certificate.coupon_number), pointer::serial(&certificate.serial_number));
        for key in [&coupon, &serial] {
            if let Some(row) = self.row(key).await? {
                return self.compare_with_record(&from_item(row)?, certificate).await;
            }
        }
        let mut writes = vec![
            pointer::create(coupon, &id)?,
            pointer::create(serial, &id)?,
            certificate::create(&id, certificate)?,
            audit_log::record(AuditEvent::registration(&id.enrollment, certificate, now))?,
        ];
        // Older systems may have issued several certificates for the same key.
        if !self.is_key_on_record(&new.key_sha256).await? {
            writes.push(pointer::create(pointer::subject_key(&new.key_sha256), &id)?);
        }
        if self.credential(&new.login).await?.is_none() {
            writes.extend(credential::create(&new.login, &new.credential)?);
        }
        if let CertificateState::Revoked { reason, at } = certificate.state {
            let revoked = RevokedCertificate {
                serial_number: certificate.serial_number.clone(),
                revoked_at: at,
                reason,
                not_after: certificate.validity.not_after(),
                crl_shard: certificate.crl_shard,
            };
            writes.push(revocation::create(&id.enrollment, &revoked, None)?);
        }
        self.transact(writes).await.map(|()| RegistrationOutcome::Registered)
    }

    async fn compare_with_record(
        &self,
        known: &ApplicationId,
        new: &Certificate,
    ) -> Result<RegistrationOutcome, StoreError> {
        let recorded = self.row(&certificate::key(known)).await?;
        let recorded: Option<Certificate> = recorded.map(from_item).transpose()?;
        let same = recorded.is_some_and(|recorded| {
            recorded.sha256 == new.sha256 && recorded.coupon_number == new.coupon_number
        });
        Ok(if same { RegistrationOutcome::AlreadyRegistered } else { RegistrationOutcome::Taken })
    }
}
