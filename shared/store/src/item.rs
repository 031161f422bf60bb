//! Conversions between database items and Rust values.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use crate::{StoreError, key::Key};

/// The attributes of a row, keyed by name.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Serializes `body` as an item with this primary key.
pub(crate) fn to_item<T: Serialize>(key: &Key, body: &T) -> Result<Item, StoreError> {
    let (pk, sk) = (&key.pk, key.sk.as_deref().unwrap_or_default());
    let mut item: Item = serde_dynamo::to_item(body).map_err(|_| unreadable(pk, sk))?;
    item.extend(key.to_item());
    Ok(item)
}

/// Deserializes the body of an item.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let attribute = |name| text_of(&item, name).unwrap_or_default().to_owned();
    let (pk, sk) = (attribute("pk"), attribute("sk"));
    serde_dynamo::from_item(item).map_err(|_| unreadable(&pk, &sk))
}

/// Returns the value of a string attribute, or `None` if the attribute is missing or not a string.
pub(crate) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

/// Returns the error for an unreadable row. The error contains the row's partition key and kind.
pub(crate) fn unreadable(pk: &str, sk: &str) -> StoreError {
    StoreError::Unreadable(format!("{pk} {sk}").trim_end().to_owned())
}

/// Serializes a value as an attribute.
pub(crate) fn to_attribute<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|_| unreadable("attribute", ""))
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl Into<i64>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}
