//! Sends the emails of an accepted application, and sign-in codes.
//!
//! Codes are not stored. Each certificate code is derived from a MAC over the receipt number and the send number. Stop
//! codes are derived from the receipt number, and sign-in codes from the id of the outbox row. A retry therefore sends
//! the same code. The MAC key never leaves the [`MessageAuthenticator`].

use std::sync::Arc;

use crate::{refusal::Failure, throttling::credential_keys};
use domain::{
    Timestamp,
    application::{Accepted, AnyApplication, ApplicationId, CodeLifetime, MailedCode, Outcome, Receipt},
    certificate::Certificate,
    certificate_code::CertificateCode,
    enrollment::{EnrollmentId, code_sha256},
    fields::Language,
    stop_code::StopCode,
};
use mail::{Email, MailBranding, SignInCodeEmail};
use ports::{Clock, Mail, Mailer, MessageAuthenticator, PortError};
use store::{Effect, OutboxRow, Store};
use telemetry::metrics;

/// Sends the pending emails in the outbox.
pub struct SendMail {
    pub store: Store,
    /// The authenticator that computes the MACs for certificate codes.
    pub authenticator: Arc<dyn MessageAuthenticator>,
    pub mailer: Arc<dyn Mailer>,
    pub clock: Arc<dyn Clock>,
    /// The sender's details, which are included in every email.
    pub branding: MailBranding,
    /// The validity period of a certificate code.
    pub code_lifetime: CodeLifetime,
}

/// The result of an attempt to send the email of an outbox row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The row is done.
    Done,
    /// The outbox never contained the row, or the row has been deleted.
    UnknownRow,
}

impl SendMail {
    /// Sends the email for the outbox row `id`, unless the row is already done.
    ///
    /// # Errors
    ///
    /// Returns [`Failure::Store`] if the store fails, and [`Failure::Port`] if the authenticator or the mailer fails. A
    /// retry sends the same email.
    pub async fn send(&self, id: &str) -> Result<Attempt, Failure> {
        let Some(row) = self.store.outbox_row(id).await? else {
            tracing::error!(id, "the outbox row does not exist");
            return Ok(Attempt::UnknownRow);
        };
        if row.done_at.is_none() {
            self.send_row(&row).await?;
        }
        Ok(Attempt::Done)
    }

    async fn send_row(&self, row: &OutboxRow) -> Result<(), Failure> {
        match row.effect.clone() {
            Effect::CertificateCode { application_id, send_number } => {
                self.send_code(row, &application_id, send_number).await
            }
            Effect::SignInCode { enrollment, language, expires_at } => {
                self.send_sign_in_code(row, &enrollment, language, expires_at).await
            }
            Effect::AddressChangeNotice { application_id } => {
                self.send_address_change_notice(row, &application_id).await
            }
            Effect::StopNotice { application_id } => {
                self.send_notice(row, &application_id, Email::StopNotice).await
            }
            Effect::RejectionNotice { application_id } => {
                self.send_notice(row, &application_id, Email::RejectionNotice).await
            }
            Effect::Reminder { application_id } => {
                let (application, _) = self.application(&application_id).await?;
                match receipt(&application)?.outcome {
                    Outcome::Waiting => self.send_notice(row, &application_id, Email::Reminder).await,
                    // The certificate was picked up or the application has expired, so the late reminder is not sent.
                    _ => Ok(self.store.mark_done(&row.id, self.clock.now()).await?),
                }
            }
            Effect::ExpiryNotice { application_id } => {
                self.send_notice(row, &application_id, Email::ExpiryNotice).await
            }
            Effect::Deadline { .. } | Effect::Crl { .. } | Effect::SealEvent { .. } => {
                Err(Failure::internal("the effect of the outbox row is not an email"))
            }
        }
    }

    async fn send_code(
        &self,
        row: &OutboxRow,
        application_id: &ApplicationId,
        send_number: u32,
    ) -> Result<(), Failure> {
        let (application, certificate) = self.application(application_id).await?;
        let receipt = receipt(&application)?;
        let before = receipt.accepted.mailed_code.as_ref();
        let overtaken =
            before.is_some_and(|before| before.send_number > send_number && before.sent_at.is_some());
        let astray = send_number < receipt.accepted.first_send_number();
        let over = receipt.outcome != Outcome::Waiting || self.clock.now() >= receipt.accepted.ends_at();
        if overtaken || astray || over {
            return Ok(self.store.mark_done(&row.id, self.clock.now()).await?);
        }
        if receipt.accepted.active_hold(self.clock.now()).is_some() {
            // The row stays pending until the hold ends.
            return Ok(());
        }
        let (code, mailed) = self.code_to_mail(receipt.accepted, send_number).await?;
        self.store.record_code(application_id, application.version(), before, &mailed).await?;
        let email = Email::CertificateCode { code: &code, mailed: &mailed };
        let mail = email.compose(&self.branding, &row.id, receipt.accepted, &certificate)?;
        self.hand_over(&mail).await?;
        self.store
            .record_sent(&row.id, application_id, application.version(), &mailed, self.clock.now())
            .await?;
        Ok(())
    }

    /// Sends a sign-in code to the mailbox of the enrollment's certificates. An expired code is not sent.
    async fn send_sign_in_code(
        &self,
        row: &OutboxRow,
        enrollment: &EnrollmentId,
        language: Language,
        expires_at: Timestamp,
    ) -> Result<(), Failure> {
        if self.clock.now() < expires_at {
            let certificate = self.store.enrollment_certificate(enrollment).await?;
            let certificate =
                certificate.ok_or_else(|| Failure::internal("the enrollment has no certificate"))?;
            let code = credential_keys(self.authenticator.as_ref()).await?.sign_in_code(&row.id);
            let email = SignInCodeEmail { code: &code, expires_at, language };
            self.hand_over(&email.compose(&self.branding, &row.id, &certificate)?).await?;
        }
        Ok(self.store.mark_done(&row.id, self.clock.now()).await?)
    }

    /// Sends the notice with the stop code to the registered mailbox. All notices of an application contain the same
    /// code.
    async fn send_address_change_notice(
        &self,
        row: &OutboxRow,
        application_id: &ApplicationId,
    ) -> Result<(), Failure> {
        let (application, certificate) = self.application(application_id).await?;
        let receipt = receipt(&application)?;
        match receipt.outcome {
            Outcome::Waiting | Outcome::PickedUp { .. } => {}
            // The application can no longer be stopped, so the late notice is not sent.
            Outcome::Expired { .. } | Outcome::Stopped { .. } | Outcome::Rejected { .. } => {
                return Ok(self.store.mark_done(&row.id, self.clock.now()).await?);
            }
        }
        let message = format!("stop code of {}", receipt.accepted.receipt_number);
        let stop_code = StopCode::from_secret(&self.authenticator.mac(message.as_bytes()).await?);
        self.store.record_stop_code(&stop_code.sha256(), application_id).await?;
        let notice = Email::AddressChangeNotice { stop_code: &stop_code };
        let mail = notice.compose(&self.branding, &row.id, receipt.accepted, &certificate)?;
        self.hand_over(&mail).await?;
        Ok(self.store.mark_done(&row.id, self.clock.now()).await?)
    }

    async fn send_notice(
        &self,
        row: &OutboxRow,
        application_id: &ApplicationId,
        notice: Email<'_>,
    ) -> Result<(), Failure> {
        let (application, certificate) = self.application(application_id).await?;
        let mail = notice.compose(&self.branding, &row.id, receipt(&application)?.accepted, &certificate)?;
        self.hand_over(&mail).await?;
        Ok(self.store.mark_done(&row.id, self.clock.now()).await?)
    }

    async fn hand_over(&self, mail: &Mail) -> Result<(), PortError> {
        self.mailer.send(mail).await?;
        metrics::MAILS_SENT.record(1, []);
        Ok(())
    }

    async fn application(
        &self,
        application_id: &ApplicationId,
    ) -> Result<(AnyApplication, Certificate), Failure> {
        telemetry::concerns(&application_id.coupon_number);
        let found = self.store.application(application_id).await?;
        found.ok_or_else(|| Failure::internal("the application of the outbox row does not exist"))
    }

    /// Returns the code with the number `send_number`. An earlier attempt may have already sent this code, so its
    /// expiry time does not change (S/MIME Baseline Requirements §3.2.2.2: at most 24 hours in total). If the code has
    /// expired, it is replaced by the code with the next number.
    async fn code_to_mail(
        &self,
        application: &Accepted,
        send_number: u32,
    ) -> Result<(CertificateCode, MailedCode), Failure> {
        let now = self.clock.now();
        let made = application.mailed_code.as_ref().filter(|made| made.send_number >= send_number);
        if let Some(made) = made.filter(|made| now < made.expires_at) {
            let code = self.derive_code(application, made.send_number).await?;
            return Ok((code, MailedCode { sent_at: None, ..made.clone() }));
        }
        let send_number = made.map_or(send_number, |expired| expired.send_number + 1);
        let code = self.derive_code(application, send_number).await?;
        let sha256 = code_sha256(&code);
        let expires_at = now.plus(self.code_lifetime.as_seconds()).min(application.ends_at());
        Ok((code, MailedCode { send_number, sha256, made_at: now, expires_at, sent_at: None }))
    }

    async fn derive_code(
        &self,
        application: &Accepted,
        send_number: u32,
    ) -> Result<CertificateCode, Failure> {
        let message = format!("certificate code {send_number} of {}", application.receipt_number);
        Ok(CertificateCode::from_secret(&self.authenticator.mac(message.as_bytes()).await?))
    }
}

fn receipt(application: &AnyApplication) -> Result<Receipt<'_>, Failure> {
    let receipt = application.receipt();
    receipt.ok_or_else(|| Failure::internal("the application of the outbox row was not accepted"))
}
