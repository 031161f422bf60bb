//! Application fields as members of a JSON object, with the field names of the API.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, Visitor},
};

use domain::fields::{ApplicationFields, Field, FieldTexts, FixedField, FixedFields};

/// Serializes the fields of an application. An empty field is serialized as null.
pub struct FieldsView<'a>(pub &'a ApplicationFields);

impl Serialize for FieldsView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.texts().map(|(field, text)| (field.name(), text)))
    }
}

/// Serializes the fixed fields of a certificate.
pub(super) struct FixedFieldsView<'a>(pub &'a FixedFields);

impl Serialize for FixedFieldsView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.texts().map(|(field, text)| (field.name(), text)))
    }
}

/// The field values from a request or a certificate record. Each member is a string or null, and null is treated like
/// an absent member.
pub(super) struct FieldTextsRequest<F>(pub FieldTexts<F>);

impl<F> Default for FieldTextsRequest<F> {
    fn default() -> Self {
        Self(FieldTexts::default())
    }
}

/// A kind of field, with a list of all fields of this kind and their names in the API.
pub(super) trait NamedField: Copy + Ord + 'static {
    const ALL: &'static [Self];
    /// The names of the fields, in the order of `ALL`.
    const NAMES: &'static [&'static str];
}

impl NamedField for Field {
    const ALL: &'static [Self] = Self::APPLICATION;
    const NAMES: &'static [&'static str] = Self::APPLICATION_NAMES;
}

impl NamedField for FixedField {
    const ALL: &'static [Self] = Self::ALL;
    const NAMES: &'static [&'static str] = Self::NAMES;
}

impl<'de, F: NamedField> Deserialize<'de> for FieldTextsRequest<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // With `deserialize_struct`, serde reads only the named members, so the fields can be flattened into a larger
        // object.
        deserializer.deserialize_struct("Fields", F::NAMES, TextsVisitor(PhantomData))
    }
}

struct TextsVisitor<F>(PhantomData<F>);

impl<'de, F: NamedField> Visitor<'de> for TextsVisitor<F> {
    type Value = FieldTextsRequest<F>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut read: BTreeMap<F, Option<String>> = BTreeMap::new();
        while let Some(Name { field, name }) = members.next_key()? {
            if read.contains_key(&field) {
                return Err(A::Error::duplicate_field(name));
            }
            read.insert(field, members.next_value()?);
        }
        let texts = read.into_iter().filter_map(|(field, text)| Some((field, text?)));
        Ok(FieldTextsRequest(texts.collect()))
    }
}

/// A member name that matches a field. Unknown names are rejected while the name is being parsed, because later errors
/// would not contain the member's path.
struct Name<F> {
    field: F,
    name: &'static str,
}

impl<'de, F: NamedField> Deserialize<'de> for Name<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(NameVisitor(PhantomData))
    }
}

struct NameVisitor<F>(PhantomData<F>);

impl<F: NamedField> Visitor<'_> for NameVisitor<F> {
    type Value = Name<F>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, sent: &str) -> Result<Name<F>, E> {
        let mut known = F::ALL.iter().zip(F::NAMES);
        let found = known.find(|(_, name)| **name == sent);
        let (field, name) = found.ok_or_else(|| E::unknown_field(sent, F::NAMES))?;
        Ok(Name { field: *field, name })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn null_is_like_an_absent_member() {
        let read: FieldTextsRequest<Field> =
            serde_json::from_value(json!({ "city": null, "phone": "03" })).unwrap();
        assert_eq!(read.0, FieldTexts::from_iter([(Field::Phone, "03".to_owned())]));
    }

    #[test]
    fn a_member_is_refused_unless_it_is_a_field_and_comes_once() {
        for (json, expected) in [
            (r#"{"fax":"03"}"#, "unknown field `fax`, expected one of `titleJa`,"),
            (r#"{"applicationPassword":"x"}"#, "unknown field `applicationPassword`"),
            (r#"{"city":null,"city":"a"}"#, "duplicate field `city`"),
            (r#"{"city":1}"#, "invalid type: integer `1`, expected a string"),
        ] {
            let error = serde_json::from_str::<FieldTextsRequest<Field>>(json).err().unwrap().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn an_empty_field_is_shown_as_null() {
        let input = FieldTexts::from_iter([
            (Field::EmailAddress, "taro@example.co.jp".to_owned()),
            (Field::City, "中央区".to_owned()),
        ]);
        let fields = ApplicationFields::parse(&input).unwrap();
        let view = json!(FieldsView(&fields));
        let members: BTreeSet<_> = view.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, Field::APPLICATION_NAMES.iter().copied().collect());
        assert_eq!(view["city"], "中央区");
        assert!(view["building"].is_null());
    }
}
