//! The message catalogue: the server's texts for subscribers, with one module for each language. The labels and hints of
//! fields are in [`domain::fields`].
//!
//! A language is an implementation of [`Catalogue`]. Each method is a `match` over an enum, without a `_` arm. A new
//! language or a new message therefore compiles only when all of its texts exist. The bodies of the emails are
//! templates in the crate `mail`. The texts of the pages are in `web/js/catalogue`.

mod en;
mod ja;
mod placeholders;
mod problem;

use time::format_description::FormatItem;

use domain::fields::{FieldError, Language, Rule};

use self::placeholders::fill;
pub use self::problem::{Problem, ProblemText};

/// The texts in one language. A name in braces, such as `{service}`, is a placeholder.
pub trait Catalogue: Sync {
    /// Returns the language tag (BCP 47).
    fn tag(&self) -> &'static str;

    /// Returns the format of dates and times in emails. They are shown in Japan Standard Time.
    fn moment(&self) -> &'static [FormatItem<'static>];

    /// Returns the format of a subject line. `{service}` stands for the name of the service, and `{subject}` for the
    /// subject.
    fn subject_line(&self) -> &'static str;

    /// Returns the subject of an email.
    fn email_subject(&self, email: EmailSubject) -> &'static str;

    /// Returns the message for a value that breaks `rule`, including the remedy. `{label}` stands for the label of the
    /// field, and `{max}` for the maximum number of characters.
    fn rule(&self, rule: Rule) -> &'static str;

    /// Returns the title and the remedy for a problem.
    fn problem(&self, problem: Problem) -> ProblemText;

    /// Returns the message for a value that breaks `rule`, in a field with the given label and maximum length.
    fn broken_rule(&self, rule: Rule, label: &str, max_length: usize) -> String {
        fill(self.rule(rule), &[("label", label), ("max", &max_length.to_string())])
    }

    /// Returns the subject line of an email from the service named `service_name`.
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

/// Returns the message about a field that breaks a rule. The message contains the label from the pages.
pub fn field_error(FieldError { field, rule }: FieldError, language: Language) -> String {
    let label = field.spec().label.in_language(language);
    in_language(language).broken_rule(rule, label, field.max_length())
}

/// The subjects of the emails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailSubject {
    /// The new certificate code.
    CertificateCode,
    /// The notice that an application names another address.
    AddressChangeNotice,
    /// The reminder that the certificate was not picked up yet.
    Reminder,
    /// The notice that the application has expired.
    ExpiryNotice,
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
