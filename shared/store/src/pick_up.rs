//! Pick-up: the application that a certificate code opens, the claim of an issuance, and the issuance.

use super::{
    Credential, OutboxRow, Store, StoreError, ThrottleKeys, Throttles, absent,
    codes::still_accepted,
    from_item,
    items::{ApplicationRow, Key},
    number, text, to_attribute, to_item,
};
use domain::{
    application::{AnyApplication, Application, ApplicationId, IssuanceClaim, PickedUp},
    audit::AuditEvent,
    certificate::Certificate,
    enrollment::LoginKey,
    revocation::{RevokedCertificate, SignedStatement},
};

/// The rows that are read before a certificate code is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeRecords {
    /// The id of the application that the code belongs to.
    pub application_id: Option<ApplicationId>,
    /// The failures so far.
    pub throttles: Throttles,
}

/// The application that a certificate code opens.
#[derive(Clone, Debug)]
pub struct PickUpCase {
    /// The id of the application.
    pub application_id: ApplicationId,
    /// The application password's hash in PHC form.
    pub password_hash: String,
    /// The certificate to replace.
    pub certificate: Certificate,
    /// The application.
    pub application: AnyApplication,
}

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
    /// Reads the pointer of a code and both throttles in one call, which is the same for every input.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn code_records(
        &self,
        code_sha256: &str,
        throttles: &ThrottleKeys,
    ) -> Result<CodeRecords, StoreError> {
        let keys = [
            Key::mailed_code(code_sha256),
            Key::throttle(&throttles.account),
            Key::throttle(&throttles.client),
        ];
        let [application_id, account, client] = self.rows(keys).await?;
        Ok(CodeRecords {
            application_id: application_id.map(from_item).transpose()?,
            throttles: Throttles {
                account: account.map(from_item).transpose()?,
                client: client.map(from_item).transpose()?,
            },
        })
    }

    /// Reads the application with its certificate and password. Makes one call, even if the rows do not
    /// exist.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn pick_up_case(
        &self,
        application_id: &ApplicationId,
    ) -> Result<Option<PickUpCase>, StoreError> {
        let keys = [
            Key::credential(&application_id.enrollment),
            Key::certificate(application_id),
            Key::application(application_id),
        ];
        let [Some(credential), Some(certificate), Some(application)] = self.rows(keys).await? else {
            return Ok(None);
        };
        Ok(Some(PickUpCase {
            application_id: application_id.clone(),
            password_hash: from_item::<Credential>(credential)?.password_hash,
            certificate: from_item(certificate)?,
            application: from_item::<ApplicationRow>(application)?.into(),
        }))
    }

    /// Returns true if a stored certificate has the key with this hash.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn is_key_on_record(&self, key_sha256: &str) -> Result<bool, StoreError> {
        Ok(self.row(&Key::subject_key(key_sha256)).await?.is_some())
    }

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
        let unclaimed = match before {
            None => still_accepted(" AND attribute_not_exists(#claim)"),
            Some(before) => still_accepted(" AND #claim.serial_number = :before")
                .value(":before", text(before.serial_number.to_string())),
        };
        let claimed = unclaimed
            .and("mailed_code.sha256 = :code")
            .value(":code", text(code_sha256))
            .update("SET #claim = :claim")
            .name("#claim", "claim")
            .value(":claim", to_attribute(claim)?);
        self.transact(vec![
            self.application_update(application_id, claimed)?,
            absent().into_check(&self.tables.registry, Key::subject_key(&claim.key_sha256).to_item())?,
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
        let (table, state) = (&self.tables.registry, &issuance.application.state);
        let (certificate, credential) = (&issuance.certificate, &issuance.credential);
        let new = ApplicationId {
            enrollment: credential.enrollment.clone(),
            coupon_number: certificate.coupon_number.clone(),
        };
        let picked_up = still_accepted(" AND #claim.serial_number = :claimed AND mailed_code.sha256 = :code")
            .update(
                "SET #state = :picked_up, version = :version, picked_up_at = :at, issued = :issued REMOVE #claim",
            )
            .name("#claim", "claim")
            .value(":claimed", text(issuance.claim.serial_number.to_string()))
            .value(":code", text(&issuance.code_sha256))
            .value(":picked_up", text("pickedUp"))
            .value(":version", to_attribute(&issuance.application.version)?)
            .value(":at", number(state.picked_up_at))
            .value(":issued", to_attribute(&state.issued)?);
        let new_certificate = Key::certificate(&new);
        let mut writes = vec![
            self.application_update(&issuance.application_id, picked_up)?,
            absent().into_put(table, to_item(&new_certificate, certificate)?)?,
            absent().into_put(table, to_item(&Key::credential(&new.enrollment), credential)?)?,
            absent().into_put(table, to_item(&Key::login(&issuance.login), credential)?)?,
            self.new_pointer(&Key::coupon(&certificate.coupon_number), &new)?,
            self.new_pointer(&Key::serial(&certificate.serial_number), &new)?,
            self.new_pointer(&Key::subject_key(&state.issued.key_sha256), &new)?,
            self.audit(AuditEvent::application(
                &issuance.application_id,
                &issuance.application,
                state.picked_up_at,
            ))?,
            self.audit(AuditEvent::issuance(&new.enrollment, certificate, state.picked_up_at))?,
        ];
        if let Some(revocation) = &issuance.revocation {
            writes.extend(self.revocation_writes(&issuance.application_id, revocation)?);
        }
        for row in &issuance.outbox {
            writes.push(self.outbox_put(row)?);
        }
        self.transact(writes).await
    }
}
