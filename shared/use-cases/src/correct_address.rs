//! Corrects a mistyped email address. The subscriber requests the correction on the receipt page. Codes that were sent
//! to the old address become invalid immediately, and a new code is sent to the new address.
//!
//! By using a code from an email, the subscriber proves control of the mailbox that the certificate will name (S/MIME
//! Baseline Requirements §3.2.2.2). The subscriber must therefore pass a new identity check before a correction. Codes
//! that were sent before the correction are no longer accepted as proof.

use std::sync::Arc;

use crate::{
    effects,
    password_confirmation::PasswordConfirmation,
    passwords::Passwords,
    races::MAX_TRIES,
    refusal::{Failure, InputLocation, InvalidField, Refusal},
    session_context::SessionContext,
};
use domain::{
    Timestamp,
    application::{Accepted, AddressChangeHold, Application, FieldError, NoCorrection, Receipt},
    certificate::Certificate,
    contact::EmailAddress,
    fields::{Field, Rule},
    receipt::ReceiptNumber,
    session::{Session, SessionToken},
    session_limits::LimitedRequest,
};
use ports::{Clock, Entropy};
use store::{AddressChange, Effect, OutboxRow, Store, StoreError};

pub struct CorrectAddress {
    pub store: Store,
    pub passwords: Passwords,
    pub clock: Arc<dyn Clock>,
    /// The source of randomness for outbox row ids.
    pub entropy: Arc<dyn Entropy>,
    /// The hold of codes for a changed email address.
    pub hold: AddressChangeHold,
}

/// The corrected address and the password, as sent by the client.
#[derive(Default)]
pub struct AddressInput {
    /// The application version shown on the receipt.
    pub version: Option<u64>,
    /// 電子メールアドレス
    pub email_address: Option<String>,
    /// 申請パスワード
    pub application_password: Option<String>,
}

impl CorrectAddress {
    /// Corrects the address of the receipt's application, and returns the session with the updated records. A
    /// correction that this session has already made is not repeated.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::CorrectionNotPossible`], [`Refusal::IdentityCheckRequired`], [`Refusal::InvalidFields`],
    /// [`Refusal::NotFound`], [`Refusal::SessionLimitReached`] or [`Refusal::SessionEnded`] (also after too many wrong
    /// passwords). Returns [`Refusal::ApplicationChanged`] if the application has changed since it was shown,
    /// [`Refusal::TemporarilyUnavailable`] if other calls keep changing the session or the codes, and
    /// [`Failure::Store`] if the store fails.
    pub async fn correct(
        &self,
        token: &SessionToken,
        number: &ReceiptNumber,
        input: &AddressInput,
    ) -> Result<SessionContext, Failure> {
        let address = EmailAddress::parse_new(input.email_address.as_deref().unwrap_or_default())
            .map_err(|rule| FieldError { field: Field::EmailAddress, rule });
        let mut request = Request {
            number,
            shown_version: input.version,
            address,
            password: PasswordConfirmation::new(&self.passwords, &input.application_password),
        };
        for _ in 0..MAX_TRIES {
            let now = self.clock.now();
            let context = SessionContext::open(&self.store, token, now).await?;
            match self.correct_in(token, context, &mut request, now).await {
                Err(Failure::Store(StoreError::Conflict(_))) => {}
                decided => return decided,
            }
        }
        Err(Refusal::TemporarilyUnavailable.into())
    }

    async fn correct_in(
        &self,
        token: &SessionToken,
        mut context: SessionContext,
        request: &mut Request<'_>,
        now: Timestamp,
    ) -> Result<SessionContext, Failure> {
        let (receipt, certificate) = context.receipt(request.number)?;
        if request.address.as_ref().is_ok_and(|address| has_corrected(token, receipt, address)) {
            return Ok(context);
        }
        receipt.check_correction(now).map_err(Refusal::CorrectionNotPossible)?;
        if context.session.new_check_until(receipt.accepted, now).is_none() {
            return Err(Refusal::IdentityCheckRequired.into());
        }
        if request.shown_version.is_some_and(|shown| shown != receipt.version) {
            return Err(Refusal::ApplicationChanged.into());
        }
        context.check_limit(LimitedRequest::Code)?;
        let address = request.new_address(receipt)?;
        request.password.require(&self.store, token, &context, now).await?;
        let (certificate, coupon_number) = (certificate.clone(), receipt.coupon_number.clone());
        let session = context.session.clone();
        let application = context.waiting_application(&coupon_number);
        let application = application.ok_or(Refusal::CorrectionNotPossible(NoCorrection::Expired))?;
        let change = self.change(token, session, application, &certificate, address, now)?;
        self.store.correct_address(token, &change, now).await?;
        *application = change.after;
        Ok(context)
    }

    fn change(
        &self,
        token: &SessionToken,
        session: Session,
        application: &Application<Accepted>,
        certificate: &Certificate,
        address: EmailAddress,
        now: Timestamp,
    ) -> Result<AddressChange, Failure> {
        let application_id = token.application_id(&application.coupon_number);
        let after =
            application.clone().correct_address(address, token.id(), now).with_hold(certificate, self.hold);
        let accepted = &after.state;
        let mut wanted: Vec<_> = effects::first_code(&application_id, accepted, now).into_iter().collect();
        if accepted.changes_address_of(certificate) {
            wanted.push((Effect::AddressChangeNotice { application_id: application_id.clone() }, now));
        }
        let rows: Result<Vec<OutboxRow>, _> = wanted
            .into_iter()
            .map(|(effect, due_at)| effects::at(self.entropy.as_ref(), effect, now, due_at))
            .collect();
        Ok(AddressChange { session, application_id, before: application.clone(), after, outbox: rows? })
    }
}

/// A request to correct the address on a receipt.
struct Request<'a> {
    number: &'a ReceiptNumber,
    shown_version: Option<u64>,
    address: Result<EmailAddress, FieldError>,
    password: PasswordConfirmation<'a>,
}

impl Request<'_> {
    /// Returns the new address if it is valid and differs from the address on the receipt, and no other value is
    /// missing or malformed.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::InvalidFields`] with every invalid value.
    fn new_address(&self, receipt: Receipt<'_>) -> Result<EmailAddress, Refusal> {
        let address = match &self.address {
            Ok(address) if address == receipt.accepted.fields.email_address() => {
                Err(FieldError { field: Field::EmailAddress, rule: Rule::SameAddress })
            }
            address => address.clone(),
        };
        let missing = InvalidField { location: InputLocation::Version, rule: Rule::Required };
        let version_error = self.shown_version.is_none().then_some(missing);
        let address_error = address.as_ref().err().copied().map(InvalidField::field);
        let invalid: Vec<_> =
            [version_error, address_error, self.password.error()].into_iter().flatten().collect();
        match address {
            Ok(address) if invalid.is_empty() => Ok(address),
            _ => Err(Refusal::InvalidFields(invalid)),
        }
    }
}

/// Returns true if the session made the last correction, and the correction set `address`. A client may repeat a
/// correction if the first response was lost.
fn has_corrected(token: &SessionToken, receipt: Receipt<'_>, address: &EmailAddress) -> bool {
    let last = receipt.accepted.corrections.last();
    receipt.accepted.fields.email_address() == address
        && last.is_some_and(|correction| correction.session == Some(token.id()))
}
