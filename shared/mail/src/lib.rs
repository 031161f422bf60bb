//! The emails, in Japanese and English, as text and as HTML. The templates are in `shared/mail/templates`.

#[cfg(test)]
mod tests;

use askama::Template;
use time::{
    UtcOffset,
    format_description::FormatItem,
    macros::{format_description, offset},
};

use domain::{
    Timestamp,
    application::{MailedCode, Receipt},
    certificate::{Certificate, CertificateState},
    certificate_code::CertificateCode,
    fields::Language,
    revocation::RevocationTiming,
};
use ports::{Mail, PortError};

/// The offset of the dates in emails: the service is for certificate holders in Japan.
const JAPAN_STANDARD_TIME: UtcOffset = offset!(+9);

/// The details of the sender that every email contains.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The URL of the site, without a trailing slash.
    pub site_url: String,
    /// The CA's name for the service.
    pub service_name: String,
}

/// Returns the email with the new certificate code.
///
/// # Errors
///
/// Never fails with the templates of this crate.
pub fn certificate_code(
    letterhead: &Letterhead,
    outbox_id: &str,
    receipt: Receipt<'_>,
    certificate: &Certificate,
    code: &CertificateCode,
    mailed: &MailedCode,
) -> Result<Mail, PortError> {
    let language = receipt.accepted.language;
    let facts = Facts::new(letterhead, receipt, certificate);
    let (code, expires_at) = (code.to_display(), moment(mailed.expires_at, language));
    let (subject, text, html) = match language {
        Language::Ja => (
            format!("【{}】新しい証明書コードのお知らせ", letterhead.service_name),
            CodeTextJa { facts: &facts, code: &code, expires_at: &expires_at }.render(),
            CodeHtmlJa { facts: &facts, code: &code, expires_at: &expires_at }.render(),
        ),
        Language::En => (
            format!("[{}] Your new certificate code", letterhead.service_name),
            CodeTextEn { facts: &facts, code: &code, expires_at: &expires_at }.render(),
            CodeHtmlEn { facts: &facts, code: &code, expires_at: &expires_at }.render(),
        ),
    };
    let mail = mail(outbox_id, subscriber_address(receipt), subject, text, html)?;
    Ok(Mail { send_number: Some(mailed.send_number), ..mail })
}

/// Returns the email that notifies the registered address that an application names another address, since its
/// acceptance or by a correction.
///
/// # Errors
///
/// Never fails with the templates of this crate.
pub fn address_change_notice(
    letterhead: &Letterhead,
    outbox_id: &str,
    receipt: Receipt<'_>,
    certificate: &Certificate,
) -> Result<Mail, PortError> {
    let facts = Facts::new(letterhead, receipt, certificate);
    let (subject, text, html) = match receipt.accepted.language {
        Language::Ja => (
            format!("【{}】再発行申請で別のメールアドレスが指定されました", letterhead.service_name),
            NoticeTextJa { facts: &facts }.render(),
            NoticeHtmlJa { facts: &facts }.render(),
        ),
        Language::En => (
            format!("[{}] Another e-mail address was given for your reissue", letterhead.service_name),
            NoticeTextEn { facts: &facts }.render(),
            NoticeHtmlEn { facts: &facts }.render(),
        ),
    };
    mail(outbox_id, certificate.email_address().as_str().to_owned(), subject, text, html)
}

/// Returns the email that reminds the subscriber of a certificate that was not picked up yet.
///
/// # Errors
///
/// Never fails with the templates of this crate.
pub fn reminder(
    letterhead: &Letterhead,
    outbox_id: &str,
    receipt: Receipt<'_>,
    certificate: &Certificate,
) -> Result<Mail, PortError> {
    let facts = Facts::new(letterhead, receipt, certificate);
    let (subject, text, html) = match receipt.accepted.language {
        Language::Ja => (
            format!("【{}】新しい電子証明書の取得期限が近づいています", letterhead.service_name),
            ReminderTextJa { facts: &facts }.render(),
            ReminderHtmlJa { facts: &facts }.render(),
        ),
        Language::En => (
            format!("[{}] Your new certificate is waiting to be picked up", letterhead.service_name),
            ReminderTextEn { facts: &facts }.render(),
            ReminderHtmlEn { facts: &facts }.render(),
        ),
    };
    mail(outbox_id, subscriber_address(receipt), subject, text, html)
}

/// Returns the email that says that an application has ended, and which options the subscriber has.
///
/// # Errors
///
/// Never fails with the templates of this crate.
pub fn expiry_notice(
    letterhead: &Letterhead,
    outbox_id: &str,
    receipt: Receipt<'_>,
    certificate: &Certificate,
) -> Result<Mail, PortError> {
    let facts = Facts::new(letterhead, receipt, certificate);
    let (subject, text, html) = match receipt.accepted.language {
        Language::Ja => (
            format!("【{}】再発行申請が期限切れで終了しました", letterhead.service_name),
            ExpiryTextJa { facts: &facts }.render(),
            ExpiryHtmlJa { facts: &facts }.render(),
        ),
        Language::En => (
            format!("[{}] Your application for a reissue has ended", letterhead.service_name),
            ExpiryTextEn { facts: &facts }.render(),
            ExpiryHtmlEn { facts: &facts }.render(),
        ),
    };
    mail(outbox_id, subscriber_address(receipt), subject, text, html)
}

fn subscriber_address(receipt: Receipt<'_>) -> String {
    receipt.accepted.fields.email_address().as_str().to_owned()
}

/// The values that all emails print, already formatted.
struct Facts<'a> {
    service_name: &'a str,
    site_url: &'a str,
    subscriber_name_ja: &'a str,
    subscriber_name_en: &'a str,
    receipt_number: &'a str,
    coupon_number: &'a str,
    serial_number: String,
    accepted_at: String,
    ends_at: String,
    masked_new_address: String,
    revocation: Revocation,
}

/// The time at which the old certificate is revoked.
enum Revocation {
    Done(String),
    AtPickUp(String),
}

impl<'a> Facts<'a> {
    fn new(letterhead: &'a Letterhead, receipt: Receipt<'a>, certificate: &'a Certificate) -> Self {
        let accepted = receipt.accepted;
        let language = accepted.language;
        let revocation = match (certificate.state, accepted.timing) {
            (CertificateState::Revoked { at, .. }, _) => Revocation::Done(moment(at, language)),
            (CertificateState::Active, RevocationTiming::Submission) => {
                Revocation::Done(moment(accepted.accepted_at, language))
            }
            (CertificateState::Active, timing @ RevocationTiming::PickUp) => {
                let latest = timing.latest(accepted.accepted_at).unwrap_or(accepted.accepted_at);
                Revocation::AtPickUp(moment(latest, language))
            }
        };
        Self {
            service_name: &letterhead.service_name,
            site_url: &letterhead.site_url,
            subscriber_name_ja: certificate.fixed.subscriber_name_ja.as_str(),
            subscriber_name_en: certificate.fixed.subscriber_name_en.as_str(),
            receipt_number: accepted.receipt_number.as_str(),
            coupon_number: certificate.coupon_number.as_str(),
            serial_number: certificate.serial_number.to_colon_hex(),
            accepted_at: moment(accepted.accepted_at, language),
            ends_at: moment(accepted.ends_at(), language),
            masked_new_address: accepted.fields.email_address().masked(),
            revocation,
        }
    }
}

macro_rules! template {
    ($name:ident, $path:literal, $($field:ident),*) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            facts: &'a Facts<'a>,
            $($field: &'a str,)*
        }
    };
}

template!(CodeTextJa, "certificate_code.ja.txt", code, expires_at);
template!(CodeHtmlJa, "certificate_code.ja.html", code, expires_at);
template!(CodeTextEn, "certificate_code.en.txt", code, expires_at);
template!(CodeHtmlEn, "certificate_code.en.html", code, expires_at);
template!(NoticeTextJa, "address_change_notice.ja.txt",);
template!(NoticeHtmlJa, "address_change_notice.ja.html",);
template!(NoticeTextEn, "address_change_notice.en.txt",);
template!(NoticeHtmlEn, "address_change_notice.en.html",);
template!(ReminderTextJa, "reminder.ja.txt",);
template!(ReminderHtmlJa, "reminder.ja.html",);
template!(ReminderTextEn, "reminder.en.txt",);
template!(ReminderHtmlEn, "reminder.en.html",);
template!(ExpiryTextJa, "expiry_notice.ja.txt",);
template!(ExpiryHtmlJa, "expiry_notice.ja.html",);
template!(ExpiryTextEn, "expiry_notice.en.txt",);
template!(ExpiryHtmlEn, "expiry_notice.en.html",);

const MOMENT_JA: &[FormatItem<'_>] = format_description!("[year]/[month]/[day] [hour]:[minute]（日本時間）");
const MOMENT_EN: &[FormatItem<'_>] =
    format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] (Japan time)");

fn moment(at: Timestamp, language: Language) -> String {
    let format = match language {
        Language::Ja => MOMENT_JA,
        Language::En => MOMENT_EN,
    };
    at.to_utc().to_offset(JAPAN_STANDARD_TIME).format(format).unwrap_or_else(|_| at.to_rfc3339())
}

fn mail(
    outbox_id: &str,
    to: String,
    subject: String,
    text: askama::Result<String>,
    html: askama::Result<String>,
) -> Result<Mail, PortError> {
    let unprintable = |error: askama::Error| PortError::new("mail templates", &error);
    Ok(Mail {
        to,
        subject,
        text: text.map_err(unprintable)?,
        html: html.map_err(unprintable)?,
        outbox_id: outbox_id.to_owned(),
        send_number: None,
    })
}
