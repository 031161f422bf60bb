//! Raw field values, before parsing.

use std::{collections::BTreeMap, fmt};

use super::{Field, FixedField};

/// Raw field values from a client or a record. `Debug` output omits the values because they are personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldTexts<F>(BTreeMap<F, String>);

impl<F: fmt::Debug> fmt::Debug for FieldTexts<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The raw values of the fields of step 4. A missing or empty value represents an empty field.
pub type ApplicationFieldsInput = FieldTexts<Field>;

/// The raw values of the fixed fields, any of which may be missing.
pub type FixedFieldsInput = FieldTexts<FixedField>;

impl<F: Copy + Ord> FieldTexts<F> {
    /// Returns the value of `field`, if present.
    pub fn get(&self, field: F) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }

    /// Returns all values that are present, in page order.
    pub fn sent(&self) -> impl Iterator<Item = (F, &str)> {
        self.0.iter().map(|(field, text)| (*field, text.as_str()))
    }
}

impl<F> Default for FieldTexts<F> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<F: Ord> FromIterator<(F, String)> for FieldTexts<F> {
    fn from_iter<T: IntoIterator<Item = (F, String)>>(texts: T) -> Self {
        Self(texts.into_iter().collect())
    }
}
