//! The conversion of field texts to values.

use std::str::FromStr;

use super::{
    ApplicationFields, ApplicationFieldsInput, Field, FieldSpec, FixedField, FixedFields, FixedFieldsInput,
    Kind, Rule,
};
use crate::{
    address::{AddressText, PostalCode, Prefecture},
    contact::{EmailAddress, PhoneNumber},
    numbers::NumberError,
    text::{FullWidthText, RomajiText},
};

impl Field {
    /// Returns the field with this name in the API.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }

    /// The name in the API.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The maximum number of Unicode scalar values after normalisation.
    pub fn max_length(self) -> usize {
        self.spec().max_length
    }
}

impl FixedField {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        self.spec().name
    }
}

/// A field and the rule that its value breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field.
    pub field: Field,
    /// The rule.
    pub rule: Rule,
}

/// A type of value that can be parsed from the text of a field.
trait FieldValue: Sized {
    /// The kind of the field.
    const KIND: Kind;

    /// Parses the text of a field that has the given maximum length. Returns `None` for an empty field.
    fn read(input: &str, max_length: usize) -> Result<Option<Self>, Rule>;

    /// The text in its normal form.
    fn text(&self) -> &str;
}

macro_rules! field_value {
    ($value:ty, $kind:expr, $read:expr) => {
        impl FieldValue for $value {
            const KIND: Kind = $kind;

            fn read(input: &str, max_length: usize) -> Result<Option<Self>, Rule> {
                $read(input, max_length)
            }

            fn text(&self) -> &str {
                self.as_str()
            }
        }
    };
}

field_value!(FullWidthText, Kind::FullWidth, Self::parse);
field_value!(RomajiText, Kind::Romaji, Self::parse);
field_value!(AddressText, Kind::Text, Self::parse);
field_value!(EmailAddress, Kind::Mailbox, parse);
field_value!(PostalCode, Kind::PostalCode, parse);
field_value!(Prefecture, Kind::Prefecture, parse);
field_value!(PhoneNumber, Kind::Phone, parse);

/// Parses a type whose form determines its length.
fn parse<T: FromStr<Err = Rule>>(input: &str, _max_length: usize) -> Result<Option<T>, Rule> {
    match input.parse() {
        Ok(value) => Ok(Some(value)),
        Err(Rule::Required) => Ok(None),
        Err(rule) => Err(rule),
    }
}

/// A member of [`ApplicationFields`]: an optional value, or a value that every stored row contains.
pub(super) trait Member: Sized {
    /// The kind of the field.
    const KIND: Kind;

    /// Parses the text of the field. If `required` is true, an empty text is an error.
    fn read(input: &str, max_length: usize, required: bool) -> Result<Self, Rule>;

    /// The text in its normal form; `None` for an empty field.
    fn text(&self) -> Option<&str>;
}

impl<T: FieldValue> Member for Option<T> {
    const KIND: Kind = T::KIND;

    fn read(input: &str, max_length: usize, required: bool) -> Result<Self, Rule> {
        match T::read(input, max_length)? {
            None if required => Err(Rule::Required),
            value => Ok(value),
        }
    }

    fn text(&self) -> Option<&str> {
        self.as_ref().map(FieldValue::text)
    }
}

impl Member for EmailAddress {
    const KIND: Kind = <Self as FieldValue>::KIND;

    fn read(input: &str, max_length: usize, _required: bool) -> Result<Self, Rule> {
        <Self as FieldValue>::read(input, max_length)?.ok_or(Rule::Required)
    }

    fn text(&self) -> Option<&str> {
        Some(self.as_str())
    }
}

/// Parses fields and collects the errors.
pub(crate) struct Reader {
    all_required: bool,
    errors: Vec<FieldError>,
}

impl Reader {
    /// Creates a reader that rejects empty required fields.
    pub(crate) fn of_complete_fields() -> Self {
        Self { all_required: true, errors: Vec::new() }
    }

    /// Creates a reader that accepts empty fields, which occur in the records of older systems.
    fn of_present_fields() -> Self {
        Self { all_required: false, errors: Vec::new() }
    }

    /// Parses the text of `field`. Returns `None` if the text breaks a rule.
    pub(super) fn read<M: Member>(&mut self, field: Field, input: Option<&str>) -> Option<M> {
        let FieldSpec { max_length, required, .. } = *field.spec();
        match M::read(input.unwrap_or_default(), max_length, required && self.all_required) {
            Ok(value) => Some(value),
            Err(rule) => {
                self.errors.push(FieldError { field, rule });
                None
            }
        }
    }

    pub(super) fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }
}

impl ApplicationFields {
    /// Normalises and validates the fields that are present.
    ///
    /// # Errors
    ///
    /// All values that break a rule, in the order of the page, and a missing email address.
    pub fn parse(input: &ApplicationFieldsInput) -> Result<Self, Vec<FieldError>> {
        Self::read(input, Reader::of_present_fields())
    }
}

/// A missing or invalid fixed field in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedFieldError {
    /// The field.
    pub field: FixedField,
    /// The fault in the value.
    pub fault: FixedFieldFault,
}

/// A fault in the value of a fixed field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixedFieldFault {
    /// The name breaks a rule.
    Name(Rule),
    /// The number does not have the required form.
    Number(NumberError),
}

impl From<Rule> for FixedFieldFault {
    fn from(rule: Rule) -> Self {
        Self::Name(rule)
    }
}

impl From<NumberError> for FixedFieldFault {
    fn from(error: NumberError) -> Self {
        Self::Number(error)
    }
}

/// Parses a fixed field of a record.
pub(super) fn fixed<T>(field: FixedField, input: Option<&str>) -> Result<T, FixedFieldError>
where
    T: TryFrom<String, Error: Into<FixedFieldFault>>,
{
    let text = input.unwrap_or_default().to_owned();
    T::try_from(text).map_err(|fault| FixedFieldError { field, fault: fault.into() })
}

impl FixedFieldsInput {
    /// Returns the fields whose values differ from the recorded ones.
    pub fn differing_from(&self, recorded: &FixedFields) -> Vec<FixedField> {
        let differing = self.sent().filter(|(field, value)| recorded.text_of(*field) != *value);
        differing.map(|(field, _)| field).collect()
    }
}
