//! Step 5 → 6: the application is accepted, and with it the old certificate revoked.
//!
//! Three calls: everything is read, the revocation statement is signed, everything is written. Whoever loses
//! a race finds nothing written and is told what happened instead.

use std::sync::Arc;

use ring::digest::{SHA256, digest};
use serde::Deserialize;

use crate::{
    domain::{
        DAY, Timestamp,
        application::{Accepted, AnyApplication, Application, Confirmed},
        certificate::{Certificate, CertificateState},
        enrollment::EnrollmentId,
        fields::Language,
        numbers::CouponNumber,
        receipt::ReceiptNumber,
        revocation::{
            RevocationReason, RevocationStatement, RevocationTiming, RevokedCertificate, SignedStatement,
        },
        session::{Progress, SessionToken, Step},
    },
    pki::{
        PublicKey,
        statement::{PreparedStatement, canonical_json},
    },
    ports::{Clock, Entropy, Signer},
    refusal::{Failure, Refusal},
    store::{Effect, OutboxRow, Store, StoreError, Submission, Submitted},
    use_cases::{open_case::OpenCase, save_application::shown},
};

/// An idempotency record is kept this many seconds: far longer than any session that could use it.
const IDEMPOTENCY_LIFETIME: i64 = DAY;
/// How often a submission that lost a race looks at what happened.
const MAX_TRIES: u32 = 3;

/// Accepts applications.
pub struct SubmitApplication {
    /// The records.
    pub store: Store,
    /// Signs revocation statements.
    pub signer: Arc<dyn Signer>,
    /// The public half of the signer's key, which every statement is verified with before it is used.
    pub statement_key: PublicKey,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For receipt numbers and the ids of outbox rows.
    pub entropy: Arc<dyn Entropy>,
    /// The rule of this deployment.
    pub timing: RevocationTiming,
}

/// What is submitted, as it came in.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SubmissionInput {
    /// The certificate that the page showed.
    pub coupon_number: Option<CouponNumber>,
    /// The version that the page showed.
    pub version: Option<u64>,
    /// Of the mails.
    pub language: Option<Language>,
}

/// An application that is accepted now, with its certificate as it is then.
#[derive(Debug)]
pub struct AcceptedApplication {
    /// The application.
    pub application: Application<Accepted>,
    /// The certificate.
    pub certificate: Certificate,
}

impl SubmitApplication {
    /// Accepts the application that was shown; the same `idempotency_key` again gives the first receipt.
    ///
    /// # Errors
    ///
    /// [`Refusal::IdempotencyKeyReused`], [`Refusal::AlreadySubmitted`] (also for who lost a race),
    /// [`Refusal::ApplicationChanged`], [`Refusal::CertificateNotReissuable`], [`Refusal::StepOutOfOrder`],
    /// [`Refusal::SessionEnded`], or a failure of the records or of the signer; then nothing has happened.
    pub async fn submit(
        &self,
        token: &SessionToken,
        idempotency_key: &str,
        input: &SubmissionInput,
        language: Language,
    ) -> Result<AcceptedApplication, Failure> {
        let (coupon_number, version) = shown(input.coupon_number.as_ref(), input.version)?;
        let language = input.language.unwrap_or(language);
        let request = Request {
            idempotency_key: sha256_hex(&[idempotency_key.as_bytes()]),
            sha256: sha256_hex(&[coupon_number.as_str().as_bytes(), &version.to_be_bytes()]),
        };
        for _ in 0..MAX_TRIES {
            let now = self.clock.now();
            let case = OpenCase::open(&self.store, token, now).await?;
            if let Some(earlier) = replayed(&case, &request)? {
                return Ok(earlier);
            }
            let (certificate, application) = ready(&case, coupon_number, version, now)?;
            let receipt_number = self.receipt_number()?;
            let application = application.clone().accept(receipt_number, now, self.timing, language);
            let revocation = match self.timing {
                RevocationTiming::Submission => Some(self.revoke(certificate, &application).await?),
                RevocationTiming::PickUp => None,
            };
            let submission = Submission {
                outbox: self.effects(token.enrollment(), certificate, &application)?,
                submitted: request.led_to(&application),
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

    /// The statement is signed, and verified, before anything is revoked: record before acting.
    async fn revoke(
        &self,
        certificate: &Certificate,
        application: &Application<Accepted>,
    ) -> Result<(RevokedCertificate, SignedStatement), Failure> {
        let revoked = RevokedCertificate {
            serial_number: certificate.serial_number.clone(),
            revoked_at: application.state.accepted_at,
            reason: RevocationReason::Superseded,
            not_after: certificate.validity.not_after(),
            crl_shard: certificate.crl_shard,
        };
        let statement = RevocationStatement {
            serial_number: &revoked.serial_number,
            certificate_sha256: &certificate.sha256,
            coupon_number: &certificate.coupon_number,
            reason: revoked.reason,
            revoked_at: revoked.revoked_at,
            receipt_number: &application.state.receipt_number,
        };
        let payload = canonical_json(&statement).map_err(|error| Failure::Internal(error.to_string()))?;
        let prepared = PreparedStatement::new(&self.statement_key, &payload);
        let signature = self.signer.sign_digest(prepared.digest().as_ref()).await?;
        let jws = prepared.assemble(&signature).map_err(|error| Failure::Internal(error.to_string()))?;
        let payload = String::from_utf8(payload).map_err(|error| Failure::Internal(error.to_string()))?;
        Ok((revoked, SignedStatement { payload, jws: jws.to_string() }))
    }

    fn effects(
        &self,
        enrollment: &EnrollmentId,
        certificate: &Certificate,
        application: &Application<Accepted>,
    ) -> Result<Vec<OutboxRow>, Failure> {
        let (enrollment, coupon_number) = (enrollment.clone(), application.coupon_number.clone());
        let address = application.state.fields.email_address().comparison_key();
        let mut effects = Vec::new();
        if address != certificate.email_address().comparison_key() {
            effects.push(Effect::AddressChangeNotice {
                enrollment: enrollment.clone(),
                coupon_number: coupon_number.clone(),
            });
        }
        if self.timing == RevocationTiming::Submission {
            effects.push(Effect::Crl { serial_number: certificate.serial_number.clone() });
        }
        effects.push(Effect::CertificateCode { enrollment, coupon_number, send_number: 1 });
        let created_at = application.state.accepted_at;
        effects
            .into_iter()
            .map(|effect| Ok(OutboxRow { id: self.outbox_id()?, effect, created_at, done_at: None }))
            .collect()
    }

    fn outbox_id(&self) -> Result<String, Failure> {
        let mut random = [0; 16];
        self.entropy.fill(&mut random)?;
        Ok(data_encoding::HEXLOWER.encode(&random))
    }
}

/// What makes two requests the same.
struct Request {
    idempotency_key: String,
    sha256: String,
}

impl Request {
    fn led_to(&self, application: &Application<Accepted>) -> Submitted {
        Submitted {
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
        Self { application: submission.application, certificate }
    }
}

/// What the key led to before, if it was used.
fn replayed(case: &OpenCase, request: &Request) -> Result<Option<AcceptedApplication>, Refusal> {
    let earlier =
        case.file.submissions.iter().find(|earlier| earlier.idempotency_key == request.idempotency_key);
    let Some(earlier) = earlier else { return Ok(None) };
    if earlier.request_sha256 != request.sha256 {
        return Err(Refusal::IdempotencyKeyReused);
    }
    let (application, certificate) = case.receipt(&earlier.receipt_number)?;
    Ok(Some(AcceptedApplication { application: application.clone(), certificate: certificate.clone() }))
}

/// The certificate and its confirmed application, if it is the one that was shown.
fn ready<'a>(
    case: &'a OpenCase,
    coupon_number: &CouponNumber,
    version: u64,
    now: Timestamp,
) -> Result<(&'a Certificate, &'a Application<Confirmed>), Refusal> {
    if let Progress::Submitted { receipt_number } = &case.session.progress {
        return Err(Refusal::AlreadySubmitted(receipt_number.clone()));
    }
    let (certificate, application) = case.selected(now)?;
    match application {
        AnyApplication::Confirmed(application)
            if application.version == version && certificate.coupon_number == *coupon_number =>
        {
            Ok((certificate, application))
        }
        AnyApplication::Confirmed(_) => Err(Refusal::ApplicationChanged),
        AnyApplication::Draft(_) => Err(Refusal::StepOutOfOrder(Step::Enter)),
        AnyApplication::Accepted(accepted) => {
            Err(Refusal::AlreadySubmitted(accepted.state.receipt_number.clone()))
        }
    }
}

fn sha256_hex(parts: &[&[u8]]) -> String {
    data_encoding::HEXLOWER.encode(digest(&SHA256, &parts.join(&0)).as_ref())
}
