//! The emails, as text and HTML, in the language of the application.
//!
//! The bodies are templates in `shared/mail/templates`. The subjects and the date formats are in [`messages`].

mod details;
mod templates;
#[cfg(test)]
mod tests;

use domain::{
    application::{Accepted, MailedCode},
    certificate::Certificate,
    certificate_code::CertificateCode,
    contact::EmailAddress,
    fields::Language,
};
use messages::EmailSubject;
use ports::{Mail, PortError};

use self::{
    details::{Details, moment},
    templates::Body,
};

/// The sender details that every email contains.
#[derive(Clone, Debug)]
pub struct MailBranding {
    /// The URL of the site, without a trailing slash.
    pub site_url: String,
    /// The name of the service.
    pub service_name: ServiceName,
}

/// The name of the service in each language, as the pages show it.
#[derive(Clone, Debug)]
pub struct ServiceName {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl ServiceName {
    fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Ja => &self.ja,
            Language::En => &self.en,
        }
    }
}

/// An email about an accepted application.
#[derive(Clone, Copy)]
pub enum Email<'a> {
    /// The email that contains the new certificate code.
    CertificateCode {
        /// The code.
        code: &'a CertificateCode,
        /// The stored record of this code.
        mailed: &'a MailedCode,
    },
    /// The notice to the registered address that the application names another address. The address was entered in the
    /// application or in a later correction.
    AddressChangeNotice,
    /// The reminder that the new certificate was not picked up yet.
    Reminder,
    /// The notice that the application has expired. It lists the options of the subscriber.
    ExpiryNotice,
}

impl Email<'_> {
    /// Returns the email for the outbox row `outbox_id` about the application `accepted`, which replaces `certificate`.
    ///
    /// # Errors
    ///
    /// A template error. It cannot occur for the templates of this crate.
    pub fn compose(
        self,
        branding: &MailBranding,
        outbox_id: &str,
        accepted: &Accepted,
        certificate: &Certificate,
    ) -> Result<Mail, PortError> {
        let language = accepted.language;
        let details = Details::new(branding, accepted, certificate);
        let (subject, body) = match self {
            Self::CertificateCode { code, mailed } => {
                let (code, expires_at) = (code.to_display(), moment(mailed.expires_at, language));
                let body = templates::certificate_code(language, &details, &code, &expires_at);
                (EmailSubject::CertificateCode, body)
            }
            Self::AddressChangeNotice => {
                (EmailSubject::AddressChangeNotice, templates::address_change_notice(language, &details))
            }
            Self::Reminder => (EmailSubject::Reminder, templates::reminder(language, &details)),
            Self::ExpiryNotice => (EmailSubject::ExpiryNotice, templates::expiry_notice(language, &details)),
        };
        let Body { text, html } = body.map_err(|error| PortError::new("mail templates", &error))?;
        Ok(Mail {
            to: self.recipient(accepted, certificate).as_str().to_owned(),
            subject: messages::in_language(language).subject_line_from(&details.service_name, subject),
            text,
            html,
            outbox_id: outbox_id.to_owned(),
            send_number: self.send_number(),
        })
    }

    fn recipient<'r>(self, accepted: &'r Accepted, certificate: &'r Certificate) -> &'r EmailAddress {
        match self {
            Self::AddressChangeNotice => certificate.email_address(),
            Self::CertificateCode { .. } | Self::Reminder | Self::ExpiryNotice => {
                accepted.fields.email_address()
            }
        }
    }

    fn send_number(self) -> Option<u32> {
        match self {
            Self::CertificateCode { mailed, .. } => Some(mailed.send_number),
            Self::AddressChangeNotice | Self::Reminder | Self::ExpiryNotice => None,
        }
    }
}
