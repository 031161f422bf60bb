//! Database items and their attributes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use crate::{StoreError, key::Key};

/// The attributes of a row, keyed by name.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Returns the row with this key and body.
pub(crate) fn to_item<T: Serialize>(key: &Key, body: &T) -> Result<Item, StoreError> {
    let (pk, sk) = (&key.pk, key.sk.as_deref().unwrap_or_default());
    let mut item: Item = serde_dynamo::to_item(body).map_err(|_| unreadable(pk, sk))?;
    item.extend(key.to_item());
    Ok(item)
}

/// Returns the body of a row.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let attribute = |name| text_of(&item, name).unwrap_or_default().to_owned();
    let (pk, sk) = (attribute("pk"), attribute("sk"));
    serde_dynamo::from_item(item).map_err(|_| unreadable(&pk, &sk))
}

/// Returns the string value of an attribute, or `None` if the item has no such string.
pub(crate) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

/// Returns the error for an unreadable row. The error contains the partition key and the kind of the row.
pub(crate) fn unreadable(pk: &str, sk: &str) -> StoreError {
    StoreError::Unreadable(format!("{pk} {}", sk.split('#').next().unwrap_or_default()))
}

/// Converts a value to an attribute.
pub(crate) fn to_attribute<T: Serialize>(value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|_| unreadable("attribute", ""))
}

/// Creates a string attribute.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// Creates a number attribute.
pub(crate) fn number(value: impl Into<i64>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}
