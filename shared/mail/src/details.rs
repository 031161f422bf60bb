//! Template values, formatted for the recipient.

use time::{UtcOffset, macros::offset};

use super::MailBranding;
use domain::{
    Timestamp,
    application::Accepted,
    certificate::{Certificate, CertificateState},
    fields::Language,
    revocation::RevocationTiming,
    sign_in_code::SignInCode,
};

/// The UTC offset of all times in emails. The service is intended for subscribers in Japan.
const JAPAN_STANDARD_TIME: UtcOffset = offset!(+9);

/// The values that several email templates use.
pub(super) struct Details {
    pub(super) service_name: String,
    pub(super) site_url: String,
    pub(super) subscriber_name_ja: String,
    pub(super) subscriber_name_en: String,
    pub(super) receipt_number: String,
    pub(super) coupon_number: String,
    pub(super) serial_number: String,
    pub(super) accepted_at: String,
    pub(super) ends_at: String,
    pub(super) masked_new_address: String,
    pub(super) revocation: Revocation,
}

/// The actual or latest possible revocation time of the old certificate.
pub(super) enum Revocation {
    Done(String),
    AtPickUp(String),
}

/// The hold of the codes for the new address.
pub(super) enum Hold {
    Until(String),
    UntilApproval,
    Ended,
}

impl Hold {
    pub(super) fn new(accepted: &Accepted) -> Self {
        let hold = accepted.address_hold.filter(|hold| hold.is_active(hold.placed_at));
        match hold.map(|hold| hold.until) {
            None => Self::Ended,
            Some(Some(until)) => Self::Until(moment(until, accepted.language)),
            Some(None) => Self::UntilApproval,
        }
    }
}

impl Details {
    pub(super) fn new(branding: &MailBranding, accepted: &Accepted, certificate: &Certificate) -> Self {
        let language = accepted.language;
        Self {
            service_name: branding.service_name.in_language(accepted.language).to_owned(),
            site_url: branding.site_url.clone(),
            subscriber_name_ja: certificate.fixed.subscriber_name_ja.to_string(),
            subscriber_name_en: certificate.fixed.subscriber_name_en.to_string(),
            receipt_number: accepted.receipt_number.to_string(),
            coupon_number: certificate.coupon_number.as_str().to_owned(),
            serial_number: certificate.serial_number.to_colon_hex(),
            accepted_at: moment(accepted.accepted_at, language),
            ends_at: moment(accepted.ends_at(), language),
            masked_new_address: accepted.fields.email_address().masked(),
            revocation: Revocation::new(accepted, certificate),
        }
    }
}

/// The values of the email with a sign-in code.
pub(super) struct SignInDetails {
    pub(super) service_name: String,
    pub(super) site_url: String,
    pub(super) subscriber_name_ja: String,
    pub(super) subscriber_name_en: String,
    pub(super) code: String,
    pub(super) expires_at: String,
}

impl SignInDetails {
    pub(super) fn new(
        branding: &MailBranding,
        certificate: &Certificate,
        code: &SignInCode,
        expires_at: Timestamp,
        language: Language,
    ) -> Self {
        Self {
            service_name: branding.service_name.in_language(language).to_owned(),
            site_url: branding.site_url.clone(),
            subscriber_name_ja: certificate.fixed.subscriber_name_ja.to_string(),
            subscriber_name_en: certificate.fixed.subscriber_name_en.to_string(),
            code: code.to_display(),
            expires_at: moment(expires_at, language),
        }
    }
}

impl Revocation {
    fn new(accepted: &Accepted, certificate: &Certificate) -> Self {
        let language = accepted.language;
        match (certificate.state, accepted.timing) {
            (CertificateState::Revoked { at, .. }, _) => Self::Done(moment(at, language)),
            (CertificateState::Active, RevocationTiming::Submission) => {
                Self::Done(moment(accepted.accepted_at, language))
            }
            (CertificateState::Active, timing @ RevocationTiming::PickUp) => {
                let latest = timing.latest(accepted.accepted_at).unwrap_or(accepted.accepted_at);
                Self::AtPickUp(moment(latest, language))
            }
        }
    }
}

/// Formats `at` for emails in `language`.
pub(super) fn moment(at: Timestamp, language: Language) -> String {
    let format = messages::in_language(language).moment();
    at.to_utc().to_offset(JAPAN_STANDARD_TIME).format(format).unwrap_or_else(|_| at.to_rfc3339())
}
