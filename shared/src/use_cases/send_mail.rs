//! The mails that an accepted application leads to.
//!
//! A code is not stored but derived, so that a retry sends the same one: the MAC, under a key that never
//! leaves its keeper, over the receipt number and the number of the mail.

use std::sync::Arc;

use crate::{
    domain::{
        application::{Accepted, Application, CODE_LIFETIME, MailedCode},
        certificate::Certificate,
        certificate_code::CertificateCode,
        enrollment::{EnrollmentId, code_sha256},
        numbers::CouponNumber,
    },
    mail::{self, Letterhead},
    ports::{Clock, Mailer, MessageAuthenticator},
    refusal::Failure,
    store::{Effect, OutboxRow, Store},
};

/// Sends the mails of the outbox.
pub struct SendMail {
    /// The records.
    pub store: Store,
    /// Derives certificate codes.
    pub authenticator: Arc<dyn MessageAuthenticator>,
    /// Hands mails over for delivery.
    pub mailer: Arc<dyn Mailer>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What every mail says of its sender.
    pub letterhead: Letterhead,
}

impl SendMail {
    /// Sends the mail of the outbox row `id`, unless that is done.
    ///
    /// # Errors
    ///
    /// A failure of the records, the authenticator or the mailer. Trying again sends the same mail.
    pub async fn send(&self, id: &str) -> Result<(), Failure> {
        let Some(row) = self.store.outbox_row(id).await? else {
            return Err(Failure::Internal("there is no such outbox row".to_owned()));
        };
        if row.done_at.is_some() {
            return Ok(());
        }
        match &row.effect {
            Effect::CertificateCode { enrollment, coupon_number, send_number } => {
                self.send_code(&row, enrollment, coupon_number, *send_number).await
            }
            Effect::AddressChangeNotice { enrollment, coupon_number } => {
                self.send_notice(&row, enrollment, coupon_number).await
            }
            Effect::Crl { .. } | Effect::SealEvent { .. } => {
                Err(Failure::Internal("the outbox row is no mail".to_owned()))
            }
        }
    }

    async fn send_code(
        &self,
        row: &OutboxRow,
        enrollment: &EnrollmentId,
        coupon_number: &CouponNumber,
        send_number: u32,
    ) -> Result<(), Failure> {
        let (application, certificate) = self.accepted(enrollment, coupon_number).await?;
        let before = application.state.mailed_code.as_ref();
        if before.is_some_and(|before| before.send_number > send_number && before.sent_at.is_some()) {
            return Ok(self.store.mark_done(&row.id, self.clock.now()).await?);
        }
        let (code, mailed) = self.code_to_mail(&application, send_number).await?;
        self.store.record_code(enrollment, coupon_number, before, &mailed).await?;
        let mail =
            mail::certificate_code(&self.letterhead, &row.id, &application, &certificate, &code, &mailed)?;
        self.mailer.send(&mail).await?;
        self.store.record_sent(&row.id, enrollment, coupon_number, &mailed, self.clock.now()).await?;
        Ok(())
    }

    async fn send_notice(
        &self,
        row: &OutboxRow,
        enrollment: &EnrollmentId,
        coupon_number: &CouponNumber,
    ) -> Result<(), Failure> {
        let (application, certificate) = self.accepted(enrollment, coupon_number).await?;
        let mail = mail::address_change_notice(&self.letterhead, &row.id, &application, &certificate)?;
        self.mailer.send(&mail).await?;
        Ok(self.store.mark_done(&row.id, self.clock.now()).await?)
    }

    async fn accepted(
        &self,
        enrollment: &EnrollmentId,
        coupon_number: &CouponNumber,
    ) -> Result<(Application<Accepted>, Certificate), Failure> {
        let accepted = self.store.accepted_application(enrollment, coupon_number).await?;
        accepted.ok_or_else(|| Failure::Internal("the outbox row's application was not accepted".to_owned()))
    }

    /// The code of mail `send_number`. One that was made before and may have been mailed keeps its lifetime (S/MIME
    /// Baseline Requirements §3.2.2.2: 24 hours in all); when that is over, the next number's takes its place.
    async fn code_to_mail(
        &self,
        application: &Application<Accepted>,
        send_number: u32,
    ) -> Result<(CertificateCode, MailedCode), Failure> {
        let now = self.clock.now();
        let made = application.state.mailed_code.as_ref().filter(|made| made.send_number >= send_number);
        if let Some(made) = made.filter(|made| now < made.expires_at) {
            let code = self.derive_code(application, made.send_number).await?;
            return Ok((code, MailedCode { sent_at: None, ..made.clone() }));
        }
        let send_number = made.map_or(send_number, |expired| expired.send_number + 1);
        let code = self.derive_code(application, send_number).await?;
        let sha256 = code_sha256(&code);
        let expires_at = now.plus(CODE_LIFETIME);
        Ok((code, MailedCode { send_number, sha256, made_at: now, expires_at, sent_at: None }))
    }

    async fn derive_code(
        &self,
        application: &Application<Accepted>,
        send_number: u32,
    ) -> Result<CertificateCode, Failure> {
        let message = format!("certificate code {send_number} of {}", application.state.receipt_number);
        Ok(CertificateCode::from_secret(&self.authenticator.mac(message.as_bytes()).await?))
    }
}
