//! Registration of certificates that this system or an older one issued.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::{Credential, Store, StoreError, absent, from_item, items::Key, to_item};
use domain::{
    Timestamp,
    application::ApplicationId,
    audit::AuditEvent,
    certificate::{Certificate, CertificateState},
    enrollment::LoginKey,
    revocation::RevokedCertificate,
};

/// A certificate to register, with its credentials.
#[derive(Clone, Debug)]
pub struct NewCertificate {
    /// The login key of the email address and the certificate code.
    pub login: LoginKey,
    /// The enrollment and its password.
    pub credential: Credential,
    /// The certificate.
    pub certificate: Certificate,
    /// The SHA-256 of its SubjectPublicKeyInfo in lower-case hexadecimal.
    pub key_sha256: String,
}

/// The outcome of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationOutcome {
    /// The certificate was registered.
    Registered,
    /// The same certificate was registered before; nothing was written.
    AlreadyRegistered,
    /// The coupon number or serial number belongs to another certificate; nothing was written.
    Taken,
}

impl Store {
    /// Returns the credential for `login`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn credential(&self, login: &LoginKey) -> Result<Option<Credential>, StoreError> {
        self.row(&Key::login(login)).await?.map(from_item).transpose()
    }

    /// Registers a certificate, with its enrollment if that is new, and with its revocation if it is revoked.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when another process registered the same certificate in the meantime,
    /// [`StoreError::Unavailable`].
    pub async fn register(
        &self,
        new: &NewCertificate,
        now: Timestamp,
    ) -> Result<RegistrationOutcome, StoreError> {
        let certificate = &new.certificate;
        let enrollment = &new.credential.enrollment;
        let application_id = ApplicationId {
            enrollment: enrollment.clone(),
            coupon_number: certificate.coupon_number.clone(),
        };
        for key in [Key::coupon(&certificate.coupon_number), Key::serial(&certificate.serial_number)] {
            if let Some(row) = self.row(&key).await? {
                let known: ApplicationId = from_item(row)?;
                return self.compare_with_record(&known, certificate).await;
            }
        }
        let table = &self.tables.registry;
        let mut writes = vec![
            self.new_pointer(&Key::coupon(&certificate.coupon_number), &application_id)?,
            self.new_pointer(&Key::serial(&certificate.serial_number), &application_id)?,
            absent().into_put(table, to_item(&Key::certificate(&application_id), certificate)?)?,
            self.audit(AuditEvent::registration(enrollment, certificate, now))?,
        ];
        // Older systems may have certified one key several times.
        let subject_key = Key::subject_key(&new.key_sha256);
        if self.row(&subject_key).await?.is_none() {
            writes.push(self.new_pointer(&subject_key, &application_id)?);
        }
        if self.credential(&new.login).await?.is_none() {
            writes.push(absent().into_put(table, to_item(&Key::login(&new.login), &new.credential)?)?);
            writes.push(absent().into_put(table, to_item(&Key::credential(enrollment), &new.credential)?)?);
        }
        if let CertificateState::Revoked { reason, at } = certificate.state {
            let revoked = RevokedCertificate {
                serial_number: certificate.serial_number.clone(),
                revoked_at: at,
                reason,
                not_after: certificate.validity.not_after(),
                crl_shard: certificate.crl_shard,
            };
            writes.push(self.revocation(enrollment, &revoked, None)?);
        }
        self.transact(writes).await.map(|()| RegistrationOutcome::Registered)
    }

    /// Returns the write of a new row that points to `application_id`. The row must not exist yet.
    pub(super) fn new_pointer(
        &self,
        key: &Key,
        application_id: &ApplicationId,
    ) -> Result<TransactWriteItem, StoreError> {
        absent().into_put(&self.tables.registry, to_item(key, application_id)?)
    }

    async fn compare_with_record(
        &self,
        known: &ApplicationId,
        certificate: &Certificate,
    ) -> Result<RegistrationOutcome, StoreError> {
        let recorded = self.row(&Key::certificate(known)).await?;
        let recorded: Option<Certificate> = recorded.map(from_item).transpose()?;
        let same = recorded.is_some_and(|recorded| {
            recorded.sha256 == certificate.sha256 && recorded.coupon_number == certificate.coupon_number
        });
        Ok(if same { RegistrationOutcome::AlreadyRegistered } else { RegistrationOutcome::Taken })
    }
}
