//! The catalogue of messages that the server shows to subscribers, with one module for each language. Field labels and
//! hints are defined in [`domain::fields`].
//!
//! Each language implements [`Catalogue`]. The implementations match on enums without a `_` arm, so a missing message
//! is a compile error. Email bodies are templates in the `mail` crate. The text on the pages is defined in
//! `web/js/catalogue`.

mod en;
mod ja;
mod placeholders;
mod problem;

use time::format_description::FormatItem;

use domain::fields::{FieldError, Language, Rule};

use self::placeholders::fill;
pub use self::problem::{Problem, ProblemText};

/// The messages in one language. A name in braces, such as `{service}`, is a placeholder.
pub trait Catalogue: Sync {
    /// Returns the format of dates and times in emails, which use Japan Standard Time.
    fn moment(&self) -> &'static [FormatItem<'static>];

    /// Returns the format of a subject line, with the placeholders `{service}` and `{subject}`.
    fn subject_line(&self) -> &'static str;

    /// Returns the subject of an email.
    fn email_subject(&self, email: EmailSubject) -> &'static str;

    /// Returns the error message for `rule`, including the remedy. The placeholders are `{label}` for the field label
    /// and `{max}` for the maximum number of characters.
    fn rule(&self, rule: Rule) -> &'static str;

    /// Returns the title and remedy for a problem.
    fn problem(&self, problem: Problem) -> ProblemText;

    /// Returns the error message for `rule` with the field's label and maximum length filled in.
    fn broken_rule(&self, rule: Rule, label: &str, max_length: usize) -> String {
        fill(self.rule(rule), &[("label", label), ("max", &max_length.to_string())])
    }

    /// Returns the complete subject line of an email, including the service name.
    fn subject_line_from(&self, service_name: &str, email: EmailSubject) -> String {
        fill(self.subject_line(), &[("service", service_name), ("subject", self.email_subject(email))])
    }
}

/// Returns the catalogue for a language.
pub fn in_language(language: Language) -> &'static dyn Catalogue {
    match language {
        Language::Ja => &ja::Japanese,
        Language::En => &en::English,
    }
}

/// Returns the message for a field error. The message contains the field label that the pages show.
pub fn field_error(FieldError { field, rule }: FieldError, language: Language) -> String {
    let label = field.spec().label.in_language(language);
    in_language(language).broken_rule(rule, label, field.max_length())
}

/// Identifies the subject of an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailSubject {
    /// The new certificate code.
    CertificateCode,
    /// A sign-in code.
    SignInCode,
    /// A notice that an application uses a different address.
    AddressChangeNotice,
    /// A reminder that the certificate has not been picked up yet.
    Reminder,
    /// A notice that the application has expired.
    ExpiryNotice,
    /// A confirmation that the application was stopped from the registered mailbox.
    StopNotice,
    /// A notice that an officer rejected the application.
    RejectionNotice,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{placeholders::names, *};

    #[test]
    fn a_rule_has_the_same_placeholders_in_every_language() {
        let known = BTreeSet::from(["label", "max"]);
        for rule in Rule::ALL {
            let expected = names(in_language(Language::default()).rule(rule));
            assert!(expected.is_subset(&known), "{rule:?}: {expected:?}");
            for language in Language::ALL {
                assert_eq!(names(in_language(language).rule(rule)), expected, "{rule:?} in {language:?}");
            }
        }
    }

    #[test]
    fn a_subject_line_contains_the_service_name_in_every_language() {
        for language in Language::ALL {
            let line = in_language(language).subject_line();
            assert_eq!(names(line), BTreeSet::from(["service", "subject"]), "{line}");
        }
    }
}
