//! The texts of fields before they are read.

use std::{collections::BTreeMap, fmt};

use super::{Field, FixedField};

/// The texts of fields as a client or a record sent them. `Debug` prints the fields without their texts, which are
/// personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldTexts<F>(BTreeMap<F, String>);

impl<F: fmt::Debug> fmt::Debug for FieldTexts<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The texts of step 4; an absent or empty text is an empty field.
pub type ApplicationFieldsInput = FieldTexts<Field>;

/// The texts of the fixed fields; each may be absent.
pub type FixedFieldsInput = FieldTexts<FixedField>;

impl<F: Copy + Ord> FieldTexts<F> {
    /// The text of `field`, if it was sent.
    pub fn get(&self, field: F) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }

    /// The texts that were sent, in the order of the page.
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
