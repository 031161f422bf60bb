//! Composes emails as text and HTML in the language of the subscriber.
//!
//! Email bodies are rendered from the templates in `shared/mail/templates`. Subjects and date formats are defined in
//! [`messages`].

mod details;
mod templates;
#[cfg(test)]
mod tests;

use domain::{
    Timestamp,
    application::{Accepted, MailedCode},
    certificate::Certificate,
    certificate_code::CertificateCode,
    contact::EmailAddress,
    fields::Language,
    sign_in_code::SignInCode,
    stop_code::StopCode,
};
use messages::EmailSubject;
use ports::{Mail, PortError};

use self::{
    details::{Details, Hold, SignInDetails, moment},
    templates::Body,
};

/// The service name and site URL that every email contains.
#[derive(Clone, Debug)]
pub struct MailBranding {
    /// The site URL without a trailing slash.
    pub site_url: String,
    pub service_name: ServiceName,
}

/// The service name in each language, as displayed on the pages.
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
        code: &'a CertificateCode,
        /// The stored record of `code`.
        mailed: &'a MailedCode,
    },
    /// A notice to the registered address that the application uses a different address. The new address was entered in
    /// the application or in a later correction.
    AddressChangeNotice {
        /// The code with which the recipient can stop the application.
        stop_code: &'a StopCode,
    },
    /// A reminder that the new certificate has not been picked up yet.
    Reminder,
    /// A notice that the application has expired, with a list of the subscriber's options.
    ExpiryNotice,
    /// A confirmation to the registered address that the application was stopped.
    StopNotice,
    /// A notice to the registered address that an officer rejected the application.
    RejectionNotice,
}

impl Email<'_> {
    /// Composes the email for the outbox row `outbox_id`. `accepted` is the application that replaces `certificate`.
    ///
    /// # Errors
    ///
    /// Returns an error if template rendering fails, which does not happen with the templates in this crate.
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
            Self::AddressChangeNotice { stop_code } => {
                let hold = Hold::new(accepted);
                let body =
                    templates::address_change_notice(language, &details, &stop_code.to_display(), &hold);
                (EmailSubject::AddressChangeNotice, body)
            }
            Self::Reminder => (EmailSubject::Reminder, templates::reminder(language, &details)),
            Self::ExpiryNotice => (EmailSubject::ExpiryNotice, templates::expiry_notice(language, &details)),
            Self::StopNotice => (EmailSubject::StopNotice, templates::stop_notice(language, &details)),
            Self::RejectionNotice => {
                (EmailSubject::RejectionNotice, templates::rejection_notice(language, &details))
            }
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
            Self::AddressChangeNotice { .. } | Self::StopNotice | Self::RejectionNotice => {
                certificate.email_address()
            }
            Self::CertificateCode { .. } | Self::Reminder | Self::ExpiryNotice => {
                accepted.fields.email_address()
            }
        }
    }

    fn send_number(self) -> Option<u32> {
        match self {
            Self::CertificateCode { mailed, .. } => Some(mailed.send_number),
            Self::AddressChangeNotice { .. }
            | Self::Reminder
            | Self::ExpiryNotice
            | Self::StopNotice
            | Self::RejectionNotice => None,
        }
    }
}

/// The email that contains a sign-in code. This email is sent to the registered address.
#[derive(Clone, Copy)]
pub struct SignInCodeEmail<'a> {
    pub code: &'a SignInCode,
    /// The time at which the code expires.
    pub expires_at: Timestamp,
    pub language: Language,
}

impl SignInCodeEmail<'_> {
    /// Composes the email for the outbox row `outbox_id` to the subscriber of `certificate`.
    ///
    /// # Errors
    ///
    /// Returns an error if a template cannot be rendered, which does not happen with the templates of this crate.
    pub fn compose(
        self,
        branding: &MailBranding,
        outbox_id: &str,
        certificate: &Certificate,
    ) -> Result<Mail, PortError> {
        let Self { code, expires_at, language } = self;
        let details = SignInDetails::new(branding, certificate, code, expires_at, language);
        let body = templates::sign_in_code(language, &details);
        let Body { text, html } = body.map_err(|error| PortError::new("mail templates", &error))?;
        let catalogue = messages::in_language(language);
        Ok(Mail {
            to: certificate.email_address().as_str().to_owned(),
            subject: catalogue.subject_line_from(&details.service_name, EmailSubject::SignInCode),
            text,
            html,
            outbox_id: outbox_id.to_owned(),
            send_number: None,
        })
    }
}
