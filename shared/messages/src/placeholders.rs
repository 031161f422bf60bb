//! Fills named placeholders, such as `{name}`, in messages.

#[cfg(test)]
use std::collections::BTreeSet;

/// Replaces each placeholder in `text` with its value. Braces in a value are not interpreted as placeholders.
pub(super) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_placeholder(rest) {
        filled.push_str(before);
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            filled.push_str(value);
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Splits `text` at the first placeholder. Returns the text before the placeholder, its name, and the text after it.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, from_name) = text.split_once('{')?;
    let (name, after) = from_name.split_once('}')?;
    Some((before, name, after))
}

/// Returns the names of all placeholders in `text`.
#[cfg(test)]
pub(super) fn names(text: &str) -> BTreeSet<&str> {
    let mut rest = text;
    std::iter::from_fn(|| {
        let (_, name, after) = next_placeholder(rest)?;
        rest = after;
        Some(name)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_placeholder_is_replaced_by_its_value() {
        let text = "{label}は{max}文字以内で入力してください。";
        assert_eq!(names(text), BTreeSet::from(["label", "max"]));
        assert_eq!(fill(text, &[("label", "部署"), ("max", "60")]), "部署は60文字以内で入力してください。");
    }

    #[test]
    fn braces_in_a_value_are_not_replaced() {
        assert_eq!(fill("“{label}” {max}", &[("label", "{max}"), ("max", "60")]), "“{max}” 60");
    }
}
