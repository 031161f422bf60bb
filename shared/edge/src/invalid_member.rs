//! Describes the invalid members of a request body by JSON pointer and message.

use serde_json::{Value, json};

use super::names;
use domain::fields::{Field, FieldError, Language, Rule};
use use_cases::refusal::{InputLocation, InvalidField};

/// Returns the entry in `errors` for a value that violates a rule.
pub(super) fn of_field(InvalidField { location, rule }: InvalidField, language: Language) -> Value {
    let (path, message) = match location {
        InputLocation::Field(field) => (vec![field.name()], of_input(field, rule, language)),
        InputLocation::ApplicationField(field) => {
            (vec!["fields", field.name()], of_input(field, rule, language))
        }
        InputLocation::FixedField(field) => {
            let label = field.spec().label.in_language(language);
            (vec!["fixed", field.name()], without_limit(label, rule, language))
        }
        InputLocation::CouponNumber => in_api("couponNumber", rule, language),
        InputLocation::Version => in_api("version", rule, language),
        InputLocation::Acknowledgement => in_api("acknowledged", rule, language),
        InputLocation::CertificationRequest => in_api("certificationRequest", rule, language),
    };
    entry(&pointer(path), rule, &message)
}

/// Returns the entry in `errors` for a member that is unknown or has the wrong type.
pub(super) fn of_member(path: &[String], rule: Rule, language: Language) -> Value {
    let name = path.last().map(String::as_str).unwrap_or_default();
    let message = match Field::by_name(name) {
        Some(field) if rule != Rule::UnknownField => of_input(field, rule, language),
        _ => without_limit(name, rule, language),
    };
    entry(&pointer(path.iter().map(String::as_str)), rule, &message)
}

fn entry(pointer: &str, rule: Rule, message: &str) -> Value {
    json!({ "pointer": pointer, "code": names::rule(rule), "detail": message })
}

/// Returns the error message for a field that subscribers enter on the pages.
fn of_input(field: Field, rule: Rule, language: Language) -> String {
    messages::field_error(FieldError { field, rule }, language)
}

/// Returns the path and the error message for a member that has no label on the pages.
fn in_api(name: &'static str, rule: Rule, language: Language) -> (Vec<&'static str>, String) {
    (vec![name], without_limit(name, rule, language))
}

/// Returns the error message for a value without a length limit.
fn without_limit(label: &str, rule: Rule, language: Language) -> String {
    messages::in_language(language).broken_rule(rule, label, 0)
}

/// Converts the path of a member to a JSON Pointer (RFC 6901 §3).
fn pointer<'a>(path: impl IntoIterator<Item = &'a str>) -> String {
    path.into_iter().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect()
}
