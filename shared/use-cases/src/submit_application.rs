//! Steps 5 and 6: accepts the application and, depending on the revocation timing, revokes the old certificate.
//!
//! A submission makes three calls: one read of all data, one signature of the revocation statement, and one write of
//! all changes. A request that loses a race writes nothing and reports the outcome of the other request.

use std::sync::Arc;

use ring::digest::{SHA256, digest};

use crate::{
    effects,
    refusal::{Failure, Refusal},
    save_application::coupon_number_and_version,
    session_context::SessionContext,
    statements::StatementSigner,
};
use domain::{
    DAY, Timestamp,
    application::{Accepted, AnyApplication, Application, ApplicationId, Confirmed, REMINDER_BEFORE_END},
    certificate::{Certificate, CertificateState},
    fields::Language,
    numbers::CouponNumber,
    receipt::ReceiptNumber,
    revocation::{Listing, RevocationTiming},
    session::{Progress, SessionToken, Step},
};
use ports::{Clock, Entropy};
use store::{Deadline, Effect, IdempotencyRecord, OutboxRow, Store, StoreError, Submission};

/// The retention time of an idempotency record in seconds. It is far longer than any session that could use the record.
const IDEMPOTENCY_LIFETIME: i64 = DAY;
/// The maximum number of attempts for a submission that loses races.
const MAX_TRIES: u32 = 3;

/// The use case that accepts applications.
pub struct SubmitApplication {
    /// The store.
    pub store: Store,
    /// The signer of revocation statements.
    pub statements: StatementSigner,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness for receipt numbers and the ids of outbox rows.
    pub entropy: Arc<dyn Entropy>,
    /// The revocation timing of this deployment.
    pub timing: RevocationTiming,
}

/// The submission from the client.
#[derive(Default)]
pub struct SubmissionInput {
    /// The coupon number that the page showed.
    pub coupon_number: Option<CouponNumber>,
    /// The application version that the page showed.
    pub version: Option<u64>,
    /// The language of the emails.
    pub language: Option<Language>,
}

/// An accepted application, with its certificate after the acceptance.
#[derive(Debug)]
pub struct AcceptedApplication {
    /// The application. An earlier request accepted it if the idempotency key was used before.
    pub application: AnyApplication,
    /// The certificate.
    pub certificate: Certificate,
    /// The first CRL that lists the certificate, if the idempotency key was used before and such a CRL exists.
    pub listing: Option<Listing>,
}

impl SubmitApplication {
    /// Accepts the application that the page showed. A repeated request with the same `idempotency_key` returns the
    /// first receipt.
    ///
    /// # Errors
    ///
    /// [`Refusal::IdempotencyKeyReused`], [`Refusal::AlreadySubmitted`] (also after a lost race),
    /// [`Refusal::ApplicationChanged`], [`Refusal::CertificateNotReissuable`], [`Refusal::StepOutOfOrder`],
    /// [`Refusal::SessionEnded`], or [`Failure::Store`] or [`Failure::Port`] if the store or the signer fails. A
    /// refused request wrote nothing. If the response of the store was lost, the application may have been accepted. A
    /// repeated request with the same key then returns its receipt.
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
        let mut effects = Vec::new();
        if accepted.fields.email_address().comparison_key() != certificate.email_address().comparison_key() {
            let notice = Effect::AddressChangeNotice { application_id: application_id.clone() };
            effects.push((notice, accepted.accepted_at));
        }
        if self.timing == RevocationTiming::Submission {
            let crl = Effect::Crl { serial_number: certificate.serial_number.clone() };
            effects.push((crl, accepted.accepted_at));
        }
        let code = Effect::CertificateCode { application_id: application_id.clone(), send_number: 1 };
        effects.push((code, accepted.accepted_at));
        for (deadline, due_at) in deadlines(accepted) {
            effects.push((Effect::Deadline { deadline, application_id: application_id.clone() }, due_at));
        }
        let row = |(effect, due_at)| {
            effects::at(self.entropy.as_ref(), effect, accepted.accepted_at, due_at).map_err(Failure::from)
        };
        effects.into_iter().map(row).collect()
    }
}

/// Returns the deadlines of an accepted application.
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

/// Returns the result of the earlier request with this idempotency key, if there is one.
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

/// Returns the certificate and its confirmed application, if the page showed this version of the application.
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
        AnyApplication::Accepted(_) | AnyApplication::PickedUp(_) | AnyApplication::Expired(_) => {
            Err(Refusal::ApplicationChanged)
        }
    }
}

fn sha256_hex(parts: &[&[u8]]) -> String {
    data_encoding::HEXLOWER.encode(digest(&SHA256, &parts.join(&0)).as_ref())
}
