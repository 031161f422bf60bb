//! Renders the email bodies. Each email has a text template and an HTML template for each language.
//!
//! The templates are checked at compile time. A language without templates, a missing file or an unknown variable
//! causes a compile error.

use askama::Template;

use super::details::{Details, Hold, Revocation, SignInDetails};
use domain::fields::Language;

/// The text and HTML parts of an email.
pub(super) struct Body {
    pub(super) text: String,
    pub(super) html: String,
}

/// Renders one template. The template refers to each value by its variable name.
macro_rules! part {
    ($path:literal, { $($value:ident: $type:ty),+ }) => {{
        #[derive(Template)]
        #[template(path = $path)]
        struct Part<'a> {
            $($value: &'a $type),+
        }
        Part { $($value),+ }.render()
    }};
}

/// Renders the text and HTML templates for `$language`. The macro arguments specify the templates for every language.
macro_rules! body {
    ($language:expr, $values:tt, $($variant:ident => $text:literal, $html:literal;)+) => {
        match $language {
            $(Language::$variant => Ok(Body { text: part!($text, $values)?, html: part!($html, $values)? }),)+
        }
    };
}

pub(super) fn certificate_code(
    language: Language,
    details: &Details,
    code: &str,
    expires_at: &str,
) -> askama::Result<Body> {
    body!(language, { details: Details, code: str, expires_at: str },
        Ja => "certificate_code.ja.txt", "certificate_code.ja.html";
        En => "certificate_code.en.txt", "certificate_code.en.html";
    )
}

pub(super) fn sign_in_code(language: Language, details: &SignInDetails) -> askama::Result<Body> {
    body!(language, { details: SignInDetails },
        Ja => "sign_in_code.ja.txt", "sign_in_code.ja.html";
        En => "sign_in_code.en.txt", "sign_in_code.en.html";
    )
}

pub(super) fn address_change_notice(
    language: Language,
    details: &Details,
    stop_code: &str,
    hold: &Hold,
) -> askama::Result<Body> {
    body!(language, { details: Details, stop_code: str, hold: Hold },
        Ja => "address_change_notice.ja.txt", "address_change_notice.ja.html";
        En => "address_change_notice.en.txt", "address_change_notice.en.html";
    )
}

pub(super) fn reminder(language: Language, details: &Details) -> askama::Result<Body> {
    body!(language, { details: Details },
        Ja => "reminder.ja.txt", "reminder.ja.html";
        En => "reminder.en.txt", "reminder.en.html";
    )
}

pub(super) fn expiry_notice(language: Language, details: &Details) -> askama::Result<Body> {
    body!(language, { details: Details },
        Ja => "expiry_notice.ja.txt", "expiry_notice.ja.html";
        En => "expiry_notice.en.txt", "expiry_notice.en.html";
    )
}

pub(super) fn stop_notice(language: Language, details: &Details) -> askama::Result<Body> {
    body!(language, { details: Details },
        Ja => "stop_notice.ja.txt", "stop_notice.ja.html";
        En => "stop_notice.en.txt", "stop_notice.en.html";
    )
}

pub(super) fn rejection_notice(language: Language, details: &Details) -> askama::Result<Body> {
    body!(language, { details: Details },
        Ja => "rejection_notice.ja.txt", "rejection_notice.ja.html";
        En => "rejection_notice.en.txt", "rejection_notice.en.html";
    )
}
