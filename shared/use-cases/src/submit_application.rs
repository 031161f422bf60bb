//! Steps 5 and 6: accepts the application and, depending on the revocation timing, revokes the old certificate.
//!
//! A submission makes three calls: one to read all records, one to sign the revocation statement, and one to write all
//! changes. If requests are concurrent, only one request writes its changes, and the others report its outcome.

use std::sync::Arc;

use ring::digest::{SHA256, digest};

use crate::{
    effects,
    password_confirmation::PasswordConfirmation,
    passwords::Passwords,
    races::MAX_TRIES,
    refusal::{Failure, Refusal},
    save_application::coupon_number_and_version,
    session_context::SessionContext,
    statements::StatementSigner,
};
use domain::{
    DAY, Timestamp,
    application::{
        Accepted, AddressChangeHold, AnyApplication, Application, ApplicationId, Confirmed,
        REMINDER_BEFORE_END,
    },
    certificate::{Certificate, CertificateState},
    fields::Language,
    numbers::CouponNumber,
    receipt::ReceiptNumber,
    revocation::{Listing, RevocationTiming},
    session::{Progress, SessionToken, Step},
};
use ports::{Clock, Entropy};
use store::{Deadline, Effect, IdempotencyRecord, OutboxRow, Store, StoreError, Submission};

/// The retention period of an idempotency record, in seconds. The record outlasts every session that could use it.
const IDEMPOTENCY_LIFETIME: i64 = DAY;

pub struct SubmitApplication {
    pub store: Store,
    pub passwords: Passwords,
    pub statements: StatementSigner,
    pub clock: Arc<dyn Clock>,
    /// The source of randomness for receipt numbers and outbox row ids.
    pub entropy: Arc<dyn Entropy>,
    pub timing: RevocationTiming,
    /// The hold of codes for a changed email address.
    pub hold: AddressChangeHold,
}

/// The submission, as sent by the client.
#[derive(Default)]
pub struct SubmissionInput {
    /// The coupon number shown on the page.
    pub coupon_number: Option<CouponNumber>,
    /// The application version shown on the page.
    pub version: Option<u64>,
    /// The language for emails to the subscriber.
    pub language: Option<Language>,
    /// 申請パスワード, which is required if the application changes the email address
    pub application_password: Option<String>,
}

/// An accepted application and the replaced certificate, both in their state after the submission.
#[derive(Debug)]
pub struct AcceptedApplication {
    /// The application. If the idempotency key was used before, it was accepted in an earlier request.
    pub application: AnyApplication,
    pub certificate: Certificate,
    /// The first CRL that lists the certificate. The value is always `None` if the idempotency key was not used before.
    pub listing: Option<Listing>,
}

impl SubmitApplication {
    /// Accepts the application that was shown on the page. Repeating the request with the same `idempotency_key`
    /// returns the original receipt.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::IdempotencyKeyReused`], [`Refusal::AlreadySubmitted`] (also after a lost race),
    /// [`Refusal::ApplicationChanged`], [`Refusal::CertificateNotReissuable`], [`Refusal::StepOutOfOrder`],
    /// [`Refusal::SessionEnded`], or [`Refusal::InvalidFields`] if the application changes the email address and the
    /// password is missing or wrong. A refused request only counts a wrong password. Returns [`Failure::Store`] if the
    /// store fails, and [`Failure::Port`] if the signer fails. If only the store's response was lost, the application
    /// has been accepted, and repeating the request with the same key returns the receipt.
    pub async fn submit(
        &self,
        token: &SessionToken,
        idempotency_key: &str,
        input: &SubmissionInput,
        language: Language,
    ) -> Result<AcceptedApplication, Failure> {
        let (coupon_number, version) =
            coupon_number_and_version(input.coupon_number.as_ref(), input.version)?;
        let language = input.language.unwrap_or(language);
        let request = Request {
            idempotency_key: sha256_hex(&[idempotency_key.as_bytes()]),
            sha256: sha256_hex(&[coupon_number.as_str().as_bytes(), &version.to_be_bytes()]),
        };
        let mut password = PasswordConfirmation::new(&self.passwords, &input.application_password);
        for _ in 0..MAX_TRIES {
            let now = self.clock.now();
            let context = SessionContext::open(&self.store, token, now).await?;
            if let Some((application, certificate)) = replayed(&context, &request)? {
                let listing = self.store.listing_of(&certificate).await?;
                return Ok(AcceptedApplication { application, certificate, listing });
            }
            let (certificate, application) = ready(&context, coupon_number, version, now)?;
            let receipt_number = self.receipt_number()?;
            let application = application.clone().accept(receipt_number, now, self.timing, language);
            let application = application.with_hold(certificate, self.hold);
            if application.state.changes_address_of(certificate) {
                match password.require(&self.store, token, &context, now).await {
                    Err(Failure::Store(StoreError::Conflict(_))) => continue,
                    checked => checked?,
                }
            }
            let revocation = match self.timing {
                RevocationTiming::Submission => {
                    let number = &application.state.receipt_number;
                    Some(self.statements.supersede(certificate, number, now).await?)
                }
                RevocationTiming::PickUp => None,
            };
            let submission = Submission {
                outbox: self.effects(&token.application_id(coupon_number), certificate, &application)?,
                idempotency: request.idempotency_record(&application),
                read_version: version,
                session: context.session.clone(),
                application,
                revocation,
            };
            match self.store.submit(token, &submission, now).await {
                Ok(()) => return Ok(AcceptedApplication::new(submission, certificate.clone())),
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refusal::TemporarilyUnavailable.into())
    }

    fn receipt_number(&self) -> Result<ReceiptNumber, Failure> {
        let mut random = [0; 11];
        self.entropy.fill(&mut random)?;
        Ok(ReceiptNumber::from_random(random))
    }

    fn effects(
        &self,
        application_id: &ApplicationId,
        certificate: &Certificate,
        application: &Application<Accepted>,
    ) -> Result<Vec<OutboxRow>, Failure> {
        let accepted = &application.state;
        let mut wanted = Vec::new();
        if accepted.changes_address_of(certificate) {
            let notice = Effect::AddressChangeNotice { application_id: application_id.clone() };
            wanted.push((notice, accepted.accepted_at));
        }
        if self.timing == RevocationTiming::Submission {
            let crl = Effect::Crl { serial_number: certificate.serial_number.clone() };
            wanted.push((crl, accepted.accepted_at));
        }
        wanted.extend(effects::first_code(application_id, accepted, accepted.accepted_at));
        for (deadline, due_at) in deadlines(accepted) {
            wanted.push((Effect::Deadline { deadline, application_id: application_id.clone() }, due_at));
        }
        let row = |(effect, due_at)| {
            effects::at(self.entropy.as_ref(), effect, accepted.accepted_at, due_at).map_err(Failure::from)
        };
        wanted.into_iter().map(row).collect()
    }
}

/// Returns the deadlines of an accepted application with their due times.
fn deadlines(accepted: &Accepted) -> impl Iterator<Item = (Deadline, Timestamp)> {
    let ends_at = accepted.ends_at();
    let revocation = accepted.timing.latest(accepted.accepted_at);
    let terms = [
        (Deadline::Revocation, revocation),
        (Deadline::Reminder, Some(ends_at.plus(-REMINDER_BEFORE_END))),
        (Deadline::Expiry, Some(ends_at)),
    ];
    terms.into_iter().filter_map(|(deadline, due_at)| Some((deadline, due_at?)))
}

/// The hashes that identify a repeated request.
struct Request {
    idempotency_key: String,
    sha256: String,
}

impl Request {
    fn idempotency_record(&self, application: &Application<Accepted>) -> IdempotencyRecord {
        IdempotencyRecord {
            idempotency_key: self.idempotency_key.clone(),
            request_sha256: self.sha256.clone(),
            receipt_number: application.state.receipt_number.clone(),
            ttl: application.state.accepted_at.plus(IDEMPOTENCY_LIFETIME),
        }
    }
}

impl AcceptedApplication {
    fn new(submission: Submission, certificate: Certificate) -> Self {
        let receipt_number = submission.application.state.receipt_number.clone();
        let state = match &submission.revocation {
            Some((revoked, _)) => {
                CertificateState::Revoked { reason: revoked.reason, at: revoked.revoked_at }
            }
            None => certificate.state,
        };
        let certificate = Certificate { state, replaced_by: Some(receipt_number), ..certificate };
        let application = AnyApplication::Accepted(Box::new(submission.application));
        Self { application, certificate, listing: None }
    }
}

/// Returns the result of an earlier request with this idempotency key, if any.
fn replayed(
    context: &SessionContext,
    request: &Request,
) -> Result<Option<(AnyApplication, Certificate)>, Refusal> {
    let earlier =
        context.records.submissions.iter().find(|earlier| earlier.idempotency_key == request.idempotency_key);
    let Some(earlier) = earlier else { return Ok(None) };
    if earlier.request_sha256 != request.sha256 {
        return Err(Refusal::IdempotencyKeyReused);
    }
    let (receipt, certificate) = context.receipt(&earlier.receipt_number)?;
    let application = context.records.application(receipt.coupon_number).ok_or(Refusal::NotFound)?.clone();
    Ok(Some((application, certificate.clone())))
}

/// Returns the selected certificate and its confirmed application, if they match `coupon_number` and `version`.
fn ready<'a>(
    context: &'a SessionContext,
    coupon_number: &CouponNumber,
    version: u64,
    now: Timestamp,
) -> Result<(&'a Certificate, &'a Application<Confirmed>), Refusal> {
    if let Progress::Submitted { receipt_number } = &context.session.progress {
        return Err(Refusal::AlreadySubmitted(receipt_number.clone()));
    }
    let (certificate, application) = context.selected(now)?;
    match application {
        AnyApplication::Confirmed(application)
            if application.version == version && certificate.coupon_number == *coupon_number =>
        {
            Ok((certificate, application))
        }
        AnyApplication::Confirmed(_) => Err(Refusal::ApplicationChanged),
        AnyApplication::Draft(_) => Err(Refusal::StepOutOfOrder(Step::Enter)),
        AnyApplication::Accepted(_)
        | AnyApplication::PickedUp(_)
        | AnyApplication::Expired(_)
        | AnyApplication::Stopped(_)
        | AnyApplication::Rejected(_) => Err(Refusal::ApplicationChanged),
    }
}

fn sha256_hex(parts: &[&[u8]]) -> String {
    data_encoding::HEXLOWER.encode(digest(&SHA256, &parts.join(&0)).as_ref())
}
