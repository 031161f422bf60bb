//! The context of a request: an active session and the records that it can access. The context enforces the order of
//! the steps (OWASP ASVS 5.0 §2.3.1).

use crate::refusal::{Failure, Refusal};
use domain::{
    Timestamp,
    application::{Accepted, AnyApplication, Application, Receipt},
    certificate::Certificate,
    numbers::CouponNumber,
    receipt::ReceiptNumber,
    session::{Progress, Session, SessionEnd, SessionToken, Step},
    session_limits::LimitedRequest,
};
use store::{EnrollmentRecords, Store};
use telemetry::{Place, unreadable};

/// Restarts the session's idle time, and returns the session.
///
/// # Errors
///
/// Returns [`Refusal::SessionEnded`] or [`Refusal::SessionLimitReached`], and [`Failure::Store`] if the store fails.
pub async fn extend_session(store: &Store, token: &SessionToken, now: Timestamp) -> Result<Session, Failure> {
    if let Some(extended) = store.extend_session(token, now).await? {
        return Ok(extended);
    }
    let session = require_open(store.session(token).await?, now)?;
    check_limit(&session, LimitedRequest::Extension)?;
    Err(Refusal::TemporarilyUnavailable.into())
}

/// Returns the session if it has not ended. Sessions are deleted only after their time limits.
fn require_open(session: Option<Session>, now: Timestamp) -> Result<Session, Refusal> {
    let session = session.ok_or(Refusal::SessionEnded(SessionEnd::TimedOut))?;
    match session.end(now) {
        None => Ok(session),
        Some(end) => Err(Refusal::SessionEnded(end)),
    }
}

fn check_limit(session: &Session, request: LimitedRequest) -> Result<(), Refusal> {
    match session.requests.has_reached_limit(request) {
        true => Err(Refusal::SessionLimitReached(request)),
        false => Ok(()),
    }
}

/// An active session and the records of its enrollment.
#[derive(Debug)]
pub struct SessionContext {
    pub session: Session,
    pub records: EnrollmentRecords,
}

impl SessionContext {
    /// Reads the records that the session `token` can access.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::SessionEnded`] if the session is not active, and [`Failure::Store`] if the store fails.
    pub async fn open(store: &Store, token: &SessionToken, now: Timestamp) -> Result<Self, Failure> {
        let mut records = store.enrollment_records(token).await?;
        for key in &records.unreadable {
            unreadable(Place::Enrollment, key);
        }
        let session = require_open(records.session.take(), now)?;
        Ok(Self { session, records })
    }

    /// Checks that the session may make one more of these requests.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::SessionLimitReached`] if it may not.
    pub fn check_limit(&self, request: LimitedRequest) -> Result<(), Refusal> {
        check_limit(&self.session, request)
    }

    /// Opens the context for a step before the submission, like [`SessionContext::open`]. After the submission, a
    /// session gives access only to its receipt.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::AlreadySubmitted`] or any error of [`SessionContext::open`].
    pub async fn open_before_submission(
        store: &Store,
        token: &SessionToken,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let context = Self::open(store, token, now).await?;
        match &context.session.progress {
            Progress::Submitted { receipt_number } => {
                Err(Refusal::AlreadySubmitted(receipt_number.clone()).into())
            }
            Progress::Identified | Progress::Selected { .. } => Ok(context),
        }
    }

    /// Returns the certificate with this coupon number.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::NotFound`] if the enrollment does not contain the certificate.
    pub fn certificate(&self, coupon_number: &CouponNumber) -> Result<&Certificate, Refusal> {
        let missing = || match self.records.is_unreadable(coupon_number) {
            true => Refusal::InternalError,
            false => Refusal::NotFound,
        };
        let certificate = self.records.certificate(coupon_number).ok_or_else(missing)?;
        telemetry::concerns(&certificate.coupon_number);
        Ok(certificate)
    }

    /// Returns the certificate with this coupon number, if it can be reissued at `now`.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::NotFound`], [`Refusal::AlreadySubmitted`] or [`Refusal::CertificateNotReissuable`].
    pub fn reissuable_certificate(
        &self,
        coupon_number: &CouponNumber,
        now: Timestamp,
    ) -> Result<&Certificate, Refusal> {
        let certificate = self.certificate(coupon_number)?;
        if let Some(receipt) = self.records.application(coupon_number).and_then(AnyApplication::receipt) {
            return Err(Refusal::AlreadySubmitted(receipt.accepted.receipt_number.clone()));
        }
        certificate.check_reissuable(now).map_err(|reason| Refusal::CertificateNotReissuable {
            reason,
            not_after: certificate.validity.not_after(),
        })?;
        Ok(certificate)
    }

    /// Returns the certificate that was selected in step 3, with its application. The certificate must still be
    /// reissuable at `now`.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::StepOutOfOrder`] if no certificate was selected, or any error of
    /// [`SessionContext::reissuable_certificate`].
    pub fn selected(&self, now: Timestamp) -> Result<(&Certificate, &AnyApplication), Refusal> {
        let Progress::Selected { coupon_number, .. } = &self.session.progress else {
            return Err(Refusal::StepOutOfOrder(Step::Choose));
        };
        let certificate = self.reissuable_certificate(coupon_number, now)?;
        let application =
            self.records.application(coupon_number).ok_or(Refusal::StepOutOfOrder(Step::Check))?;
        Ok((certificate, application))
    }

    /// Returns the receipt with this number, and the certificate that the receipt's application replaces.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::NotFound`] if the enrollment does not contain the receipt.
    pub fn receipt(&self, number: &ReceiptNumber) -> Result<(Receipt<'_>, &Certificate), Refusal> {
        let mut receipts = self.records.applications.iter().filter_map(AnyApplication::receipt);
        let receipt =
            receipts.find(|receipt| receipt.accepted.receipt_number == *number).ok_or(Refusal::NotFound)?;
        Ok((receipt, self.certificate(receipt.coupon_number)?))
    }

    /// Returns the application for this certificate, or `None` if no accepted application is waiting for the pick-up.
    pub fn waiting_application(
        &mut self,
        coupon_number: &CouponNumber,
    ) -> Option<&mut Application<Accepted>> {
        self.records.applications.iter_mut().find_map(|application| match application {
            AnyApplication::Accepted(application) if application.coupon_number == *coupon_number => {
                Some(&mut **application)
            }
            _ => None,
        })
    }

    /// Returns the receipts of all submitted applications, newest first.
    pub fn receipts(&self) -> Vec<Receipt<'_>> {
        let mut receipts: Vec<_> =
            self.records.applications.iter().filter_map(AnyApplication::receipt).collect();
        receipts.sort_by_key(|receipt| std::cmp::Reverse(receipt.accepted.accepted_at));
        receipts
    }
}
