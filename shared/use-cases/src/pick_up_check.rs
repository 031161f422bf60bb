//! Checks the credentials for a pick-up: the new certificate code and the application password.
//!
//! Every failed check makes three store calls, computes one password hash and returns the same refusal. The response
//! does not reveal whether the code or the password is wrong, or whether the code belongs to an application (OWASP ASVS
//! 5.0 §6.3.8). The response states that a code has expired only if both the code and the password are correct.
//!
//! After many wrong passwords with a code, known or unknown, the code is blocked and no password is checked
//! ([`domain::throttle`]). The subscriber requests another code on the receipt page.

use std::sync::Arc;

use crate::{
    identity_check::read,
    passwords::Passwords,
    refusal::{Failure, InvalidField, Refusal},
    throttling::MAX_TRIES,
};
use domain::{
    Timestamp,
    application::{ApplicationId, FieldError, Outcome, Receipt},
    certificate_code::CertificateCode,
    credential_keys::{CredentialKeys, LoginKey, ThrottleKey},
    enrollment::{EnrollmentId, code_sha256},
    fields::Field,
    numbers::CouponNumber,
    password::ApplicationPassword,
    throttle::{Bucket, Throttle},
};
use ports::Clock;
use store::{PickUpRecords, Store, StoreError};
use telemetry::metrics;

pub struct PickUpCheck {
    pub store: Store,
    pub passwords: Passwords,
    pub keys: CredentialKeys,
    pub clock: Arc<dyn Clock>,
}

/// The certificate code and the application password.
pub(super) struct PickUpCredentials {
    code: CertificateCode,
    password: ApplicationPassword,
}

impl PickUpCredentials {
    /// Parses the credentials that the client sent.
    ///
    /// # Errors
    ///
    /// Returns an error for each malformed field.
    pub(super) fn parse(code: &Option<String>, password: &Option<String>) -> Result<Self, Vec<InvalidField>> {
        match (read(Field::CertificateCode, code), read(Field::ApplicationPassword, password)) {
            (Ok(code), Ok(password)) => Ok(Self { code, password }),
            (code, password) => {
                let errors: [Option<FieldError>; 2] = [code.err(), password.err()];
                Err(errors.into_iter().flatten().map(InvalidField::field).collect())
            }
        }
    }

    /// Returns the hash under which the code is stored.
    pub(super) fn code_sha256(&self) -> String {
        code_sha256(&self.code)
    }

    /// Returns the login key for the code and the email address in the certificate. The issued certificate is
    /// registered under this login key.
    pub(super) fn login(&self, keys: &CredentialKeys, receipt: Receipt<'_>) -> LoginKey {
        keys.login(receipt.accepted.fields.email_address(), &self.code)
    }
}

impl PickUpCheck {
    /// Returns the application to which the credentials give access.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::PickUpCheckFailed`], [`Refusal::CodeBlocked`] or any error of [`still_usable`]. Returns
    /// [`Failure::Store`] if the store fails or concurrent attempts keep changing the throttle.
    pub(super) async fn check(&self, credentials: &PickUpCredentials) -> Result<PickUpRecords, Failure> {
        let code_sha256 = credentials.code_sha256();
        let key = self.keys.code_throttle(&credentials.code);
        let known = self.store.code_records(&code_sha256, &key).await?;
        refuse_blocked_code(known.throttle.as_ref(), self.clock.now())?;
        let application_id = known.application_id.unwrap_or_else(nowhere);
        let records = self.store.pick_up_records(&application_id).await?;
        let records = records.filter(|records| is_opened_by(records, &code_sha256));
        let stored = records.as_ref().map(|records| records.password_hash.as_str());
        let matches = self.passwords.verify(&credentials.password, stored).await?;
        self.record(&key, known.throttle, matches).await?;
        let records = records.filter(|_| matches).ok_or(Refusal::PickUpCheckFailed)?;
        telemetry::concerns(&records.application_id.coupon_number);
        still_usable(&records, &code_sha256, self.clock.now())?;
        Ok(records)
    }

    /// Records the result of the credential check. Refuses the request if concurrent attempts have filled the bucket
    /// since it was read.
    async fn record(
        &self,
        key: &ThrottleKey,
        mut throttle: Option<Throttle>,
        is_right: bool,
    ) -> Result<(), Failure> {
        for tries_left in (0..MAX_TRIES).rev() {
            let now = self.clock.now();
            refuse_blocked_code(throttle.as_ref(), now)?;
            let after = (!is_right).then(|| Throttle::with_wrong_attempt(throttle.as_ref(), now));
            match self.store.record_pick_up_attempt(key, throttle.as_ref(), after.as_ref()).await {
                Err(StoreError::Conflict(_)) if tries_left > 0 => {}
                decided => return Ok(decided?),
            }
            throttle = self.store.throttle(key).await?;
        }
        Ok(())
    }
}

fn refuse_blocked_code(throttle: Option<&Throttle>, now: Timestamp) -> Result<(), Refusal> {
    if Bucket::is_full(throttle.map(|throttle| throttle.bucket), now) {
        metrics::IDENTITY_CHECKS_THROTTLED.record(1, []);
        return Err(Refusal::CodeBlocked);
    }
    Ok(())
}

/// Checks that the code can still be used at `now`.
///
/// # Errors
///
/// Returns [`Refusal::ApplicationExpired`], [`Refusal::ApplicationStopped`], [`Refusal::ApplicationRejected`] or
/// [`Refusal::CodeExpired`]. Returns [`Refusal::PickUpCheckFailed`] if
/// another code has replaced this code.
pub(super) fn still_usable(
    records: &PickUpRecords,
    code_sha256: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let receipt = records.application.receipt().ok_or(Refusal::PickUpCheckFailed)?;
    let code = receipt.accepted.mailed_code.as_ref().filter(|code| code.sha256 == code_sha256);
    let code = code.ok_or(Refusal::PickUpCheckFailed)?;
    let number = || receipt.accepted.receipt_number.clone();
    match receipt.outcome {
        Outcome::Expired { .. } => Err(Refusal::ApplicationExpired(number())),
        Outcome::Stopped { .. } => Err(Refusal::ApplicationStopped(number())),
        Outcome::Rejected { .. } => Err(Refusal::ApplicationRejected(number())),
        Outcome::Waiting if now >= receipt.accepted.ends_at() => Err(Refusal::ApplicationExpired(number())),
        Outcome::Waiting | Outcome::PickedUp { .. } if now >= code.expires_at => {
            Err(Refusal::CodeExpired(number()))
        }
        Outcome::Waiting | Outcome::PickedUp { .. } => Ok(()),
    }
}

fn is_opened_by(records: &PickUpRecords, code_sha256: &str) -> bool {
    let code = records.application.receipt().and_then(|receipt| receipt.accepted.mailed_code.as_ref());
    code.is_some_and(|code| code.sha256 == code_sha256)
}

/// Returns the id of an application that does not exist. Looking up this id ensures that an unknown code causes the
/// same store calls as a known code.
fn nowhere() -> ApplicationId {
    ApplicationId {
        enrollment: EnrollmentId::from_random([0; 16]),
        coupon_number: CouponNumber::from_random([0; 8]),
    }
}
