//! What a live session can see, and which step it is on. The server enforces the order of the steps
//! (OWASP ASVS 5.0 §2.3.1).

use crate::{
    domain::{
        Timestamp,
        application::{Accepted, AnyApplication, Application},
        certificate::Certificate,
        numbers::CouponNumber,
        receipt::ReceiptNumber,
        session::{Progress, Session, SessionToken, Step},
    },
    refusal::{Failure, Refusal},
    store::{CaseFile, Store},
};

/// An enrollment's records, opened by a session that lives.
#[derive(Debug)]
pub struct OpenCase {
    /// The session.
    pub session: Session,
    /// The records.
    pub file: CaseFile,
}

impl OpenCase {
    /// Reads what the session `token` can see.
    ///
    /// # Errors
    ///
    /// [`Refusal::SessionEnded`], or a failure of the records.
    pub async fn open(store: &Store, token: &SessionToken, now: Timestamp) -> Result<Self, Failure> {
        let mut file = store.case_file(token).await?;
        let session =
            file.session.take().filter(|session| session.is_live(now)).ok_or(Refusal::SessionEnded)?;
        Ok(Self { session, file })
    }

    /// Like [`OpenCase::open`], for the steps before submission: after it a session only shows its receipt.
    ///
    /// # Errors
    ///
    /// [`Refusal::AlreadySubmitted`] too.
    pub async fn open_before_submission(
        store: &Store,
        token: &SessionToken,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let case = Self::open(store, token, now).await?;
        match &case.session.progress {
            Progress::Submitted { receipt_number } => {
                Err(Refusal::AlreadySubmitted(receipt_number.clone()).into())
            }
            Progress::Identified | Progress::Selected { .. } => Ok(case),
        }
    }

    /// The certificate with this number.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] when these credentials do not open it.
    pub fn certificate(&self, coupon_number: &CouponNumber) -> Result<&Certificate, Refusal> {
        self.file.certificate(coupon_number).ok_or(Refusal::NotFound)
    }

    /// The certificate with this number, if it can be reissued at `now`.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`], [`Refusal::AlreadySubmitted`], [`Refusal::CertificateNotReissuable`].
    pub fn reissuable_certificate(
        &self,
        coupon_number: &CouponNumber,
        now: Timestamp,
    ) -> Result<&Certificate, Refusal> {
        let certificate = self.certificate(coupon_number)?;
        if let Some(accepted) = self.accepted(coupon_number) {
            return Err(Refusal::AlreadySubmitted(accepted.state.receipt_number.clone()));
        }
        certificate.check_reissuable(now).map_err(|reason| Refusal::CertificateNotReissuable {
            reason,
            not_after: certificate.validity.not_after(),
        })?;
        Ok(certificate)
    }

    /// The certificate that was chosen in step 3, if it can still be reissued at `now`, with its application.
    ///
    /// # Errors
    ///
    /// [`Refusal::StepOutOfOrder`] when none was chosen, and those of [`OpenCase::reissuable_certificate`].
    pub fn selected(&self, now: Timestamp) -> Result<(&Certificate, &AnyApplication), Refusal> {
        let Progress::Selected { coupon_number, .. } = &self.session.progress else {
            return Err(Refusal::StepOutOfOrder(Step::Choose));
        };
        let certificate = self.reissuable_certificate(coupon_number, now)?;
        let application = self.file.application(coupon_number).ok_or(Refusal::StepOutOfOrder(Step::Check))?;
        Ok((certificate, application))
    }

    /// The accepted application with this receipt number, and its certificate.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] when these credentials do not open it.
    pub fn receipt(&self, number: &ReceiptNumber) -> Result<(&Application<Accepted>, &Certificate), Refusal> {
        let accepted = self.file.applications.iter().filter_map(AnyApplication::as_accepted);
        let application = accepted
            .into_iter()
            .find(|application| application.state.receipt_number == *number)
            .ok_or(Refusal::NotFound)?;
        Ok((application, self.certificate(&application.coupon_number)?))
    }

    /// The accepted applications, newest first.
    pub fn accepted_applications(&self) -> Vec<&Application<Accepted>> {
        let mut accepted: Vec<_> =
            self.file.applications.iter().filter_map(AnyApplication::as_accepted).collect();
        accepted.sort_by_key(|application| std::cmp::Reverse(application.state.accepted_at));
        accepted
    }

    fn accepted(&self, coupon_number: &CouponNumber) -> Option<&Application<Accepted>> {
        self.file.application(coupon_number).and_then(AnyApplication::as_accepted)
    }
}
