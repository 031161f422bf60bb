//! Builds DynamoDB condition expressions and update expressions.
//!
//! DynamoDB expressions can contain placeholders instead of names and values. This module uses placeholders for all
//! names and values, so attribute names may be DynamoDB reserved words.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::item::{Item, number};

/// A condition on the attributes of an item. Paths such as `mailed_code.sha256` identify nested attributes.
pub(crate) enum Condition {
    Compare(String, &'static str, AttributeValue),
    OneOf(String, Vec<AttributeValue>),
    Size(String, AttributeValue),
    BeginsWith(String, AttributeValue),
    Exists(String),
    Absent(String),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// Requires that the item does not exist.
pub(crate) fn is_new() -> Condition {
    absent("pk")
}

/// Requires that the item exists.
pub(crate) fn is_stored() -> Condition {
    exists("pk")
}

/// A condition that every item meets, and also an item that does not exist.
pub(crate) fn always() -> Condition {
    is_new().or(is_stored())
}

pub(crate) fn exists(path: &str) -> Condition {
    Condition::Exists(path.to_owned())
}

pub(crate) fn absent(path: &str) -> Condition {
    Condition::Absent(path.to_owned())
}

pub(crate) fn equals(path: impl Into<String>, value: AttributeValue) -> Condition {
    Condition::Compare(path.into(), "=", value)
}

pub(crate) fn differs(path: &str, value: AttributeValue) -> Condition {
    Condition::Compare(path.to_owned(), "<>", value)
}

pub(crate) fn greater(path: &str, value: impl Into<i64>) -> Condition {
    Condition::Compare(path.to_owned(), ">", number(value))
}

pub(crate) fn at_most(path: &str, value: impl Into<i64>) -> Condition {
    Condition::Compare(path.to_owned(), "<=", number(value))
}

pub(crate) fn one_of<const N: usize>(path: &str, values: [AttributeValue; N]) -> Condition {
    Condition::OneOf(path.to_owned(), values.into())
}

/// Requires that the list or string has this size.
pub(crate) fn has_size(path: &str, size: i64) -> Condition {
    Condition::Size(path.to_owned(), number(size))
}

pub(crate) fn begins_with(path: &str, prefix: AttributeValue) -> Condition {
    Condition::BeginsWith(path.to_owned(), prefix)
}

impl Condition {
    pub(crate) fn and(self, other: Self) -> Self {
        match self {
            Self::All(mut conditions) => {
                conditions.push(other);
                Self::All(conditions)
            }
            condition => Self::All(vec![condition, other]),
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self::Any(vec![self, other])
    }
}

/// A set of changes to an item's attributes.
#[derive(Default)]
pub(crate) struct Update {
    set: Vec<(&'static str, Assignment)>,
    add: Vec<(&'static str, AttributeValue)>,
    remove: Vec<&'static str>,
}

enum Assignment {
    Value(AttributeValue),
    ValueIfAbsent(AttributeValue),
    Appended(AttributeValue),
}

impl Update {
    /// Creates an update that sets one attribute.
    pub(crate) fn set(name: &'static str, value: AttributeValue) -> Self {
        Self::default().and_set(name, value)
    }

    pub(crate) fn and_set(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.set.push((name, Assignment::Value(value)));
        self
    }

    pub(crate) fn and_set_if_absent(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.set.push((name, Assignment::ValueIfAbsent(value)));
        self
    }

    /// Appends a value to a list attribute. Creates the list if it does not exist.
    pub(crate) fn and_append(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.set.push((name, Assignment::Appended(AttributeValue::L(vec![value]))));
        self
    }

    /// Adds a number to a number attribute, and treats a missing attribute as 0.
    pub(crate) fn and_add(mut self, name: &'static str, value: impl Into<i64>) -> Self {
        self.add.push((name, number(value)));
        self
    }

    pub(crate) fn and_remove(mut self, name: &'static str) -> Self {
        self.remove.push(name);
        self
    }
}

/// The attribute names and values of one request, indexed by placeholder number.
#[derive(Default)]
pub(crate) struct Placeholders {
    names: Vec<String>,
    values: Vec<AttributeValue>,
}

impl Placeholders {
    /// Returns the condition as a DynamoDB expression.
    pub(crate) fn condition(&mut self, condition: Condition) -> String {
        match condition {
            Condition::Compare(path, operator, value) => {
                format!("{} {operator} {}", self.path(&path), self.value(value))
            }
            Condition::OneOf(path, values) => {
                let path = self.path(&path);
                let values: Vec<_> = values.into_iter().map(|value| self.value(value)).collect();
                format!("{path} IN ({})", values.join(", "))
            }
            Condition::Size(path, size) => format!("size({}) = {}", self.path(&path), self.value(size)),
            Condition::BeginsWith(path, prefix) => {
                format!("begins_with({}, {})", self.path(&path), self.value(prefix))
            }
            Condition::Exists(path) => format!("attribute_exists({})", self.path(&path)),
            Condition::Absent(path) => format!("attribute_not_exists({})", self.path(&path)),
            Condition::All(conditions) => self.joined(conditions, " AND "),
            Condition::Any(conditions) => self.joined(conditions, " OR "),
        }
    }

    /// Returns the update as a DynamoDB expression.
    pub(crate) fn update(&mut self, update: Update) -> String {
        let mut clauses = Vec::new();
        if !update.set.is_empty() {
            let assignments: Vec<_> =
                update.set.into_iter().map(|(name, assignment)| self.assignment(name, assignment)).collect();
            clauses.push(format!("SET {}", assignments.join(", ")));
        }
        if !update.add.is_empty() {
            let sums: Vec<_> = update
                .add
                .into_iter()
                .map(|(name, value)| format!("{} {}", self.path(name), self.value(value)))
                .collect();
            clauses.push(format!("ADD {}", sums.join(", ")));
        }
        if !update.remove.is_empty() {
            let names: Vec<_> = update.remove.into_iter().map(|name| self.path(name)).collect();
            clauses.push(format!("REMOVE {}", names.join(", ")));
        }
        clauses.join(" ")
    }

    /// Returns the attribute names keyed by placeholder, or `None` if there are none.
    pub(crate) fn names(&self) -> Option<HashMap<String, String>> {
        let names = self.names.iter().enumerate();
        (!self.names.is_empty())
            .then(|| names.map(|(index, name)| (format!("#n{index}"), name.clone())).collect())
    }

    /// Returns the attribute values keyed by placeholder, or `None` if there are none.
    pub(crate) fn values(&self) -> Option<Item> {
        let values = self.values.iter().enumerate();
        (!self.values.is_empty())
            .then(|| values.map(|(index, value)| (format!(":v{index}"), value.clone())).collect())
    }

    fn joined(&mut self, conditions: Vec<Condition>, operator: &str) -> String {
        let conditions: Vec<_> = conditions
            .into_iter()
            .map(|condition| match condition {
                compound @ (Condition::All(_) | Condition::Any(_)) => {
                    format!("({})", self.condition(compound))
                }
                simple => self.condition(simple),
            })
            .collect();
        conditions.join(operator)
    }

    fn assignment(&mut self, name: &str, assignment: Assignment) -> String {
        let name = self.path(name);
        match assignment {
            Assignment::Value(value) => format!("{name} = {}", self.value(value)),
            Assignment::ValueIfAbsent(value) => {
                format!("{name} = if_not_exists({name}, {})", self.value(value))
            }
            Assignment::Appended(value) => {
                let empty = self.value(AttributeValue::L(Vec::new()));
                format!("{name} = list_append(if_not_exists({name}, {empty}), {})", self.value(value))
            }
        }
    }

    fn path(&mut self, path: &str) -> String {
        let names: Vec<_> = path.split('.').map(|name| self.name(name)).collect();
        names.join(".")
    }

    fn name(&mut self, name: &str) -> String {
        let known = self.names.iter().position(|known| known == name);
        let index = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        format!("#n{index}")
    }

    fn value(&mut self, value: AttributeValue) -> String {
        self.values.push(value);
        format!(":v{}", self.values.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::text;

    #[test]
    fn a_condition_has_a_placeholder_for_each_name_and_value() {
        let mut placeholders = Placeholders::default();
        let condition = equals("state", text("accepted"))
            .and(absent("resends").or(has_size("resends", 2)))
            .and(equals("code.sha256", text("aa")))
            .and(one_of("state", [text("a"), text("b")]));
        assert_eq!(
            placeholders.condition(condition),
            "#n0 = :v0 AND (attribute_not_exists(#n1) OR size(#n1) = :v1) AND #n2.#n3 = :v2 AND #n0 IN (:v3, :v4)"
        );
        let names = placeholders.names().unwrap();
        assert_eq!(
            ["#n0", "#n1", "#n2", "#n3"].map(|name| names[name].as_str()),
            ["state", "resends", "code", "sha256"]
        );
        assert_eq!(placeholders.values().unwrap()[":v2"], text("aa"));
    }

    #[test]
    fn an_update_sets_appends_adds_and_removes() {
        let mut placeholders = Placeholders::default();
        let update = Update::set("version", number(2))
            .and_set_if_absent("listing", text("first"))
            .and_append("sent", number(1))
            .and_add("count", 1)
            .and_remove("claim");
        assert_eq!(
            placeholders.update(update),
            "SET #n0 = :v0, #n1 = if_not_exists(#n1, :v1), #n2 = list_append(if_not_exists(#n2, :v2), :v3) \
             ADD #n3 :v4 REMOVE #n4"
        );
    }

    #[test]
    fn a_condition_without_values_has_no_value_placeholders() {
        let mut placeholders = Placeholders::default();
        assert_eq!(placeholders.condition(is_new()), "attribute_not_exists(#n0)");
        assert!(placeholders.values().is_none());
    }
}
