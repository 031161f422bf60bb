//! Conversions from raw field values to typed values.

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
    /// Returns the field with the API name `name`.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }

    /// Returns the API name.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// Returns the maximum length after normalisation, in Unicode scalar values.
    pub fn max_length(self) -> usize {
        self.spec().max_length
    }
}

impl FixedField {
    /// Returns the API name.
    pub fn name(self) -> &'static str {
        self.spec().name
    }
}

/// A field and the rule that its value breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: Field,
    pub rule: Rule,
}

/// A type that can be parsed from a raw field value.
trait FieldValue: Sized {
    const KIND: Kind;

    /// Parses a string of at most `max_length` characters. Returns `None` if the string is empty.
    fn read(input: &str, max_length: usize) -> Result<Option<Self>, Rule>;

    /// Returns the normalised text.
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
field_value!(PostalCode, Kind::PostalCode, parse);
field_value!(Prefecture, Kind::Prefecture, parse);
field_value!(PhoneNumber, Kind::Phone, parse);

/// Parses a value whose format already limits its length.
fn parse<T: FromStr<Err = Rule>>(input: &str, _max_length: usize) -> Result<Option<T>, Rule> {
    match input.parse() {
        Ok(value) => Ok(Some(value)),
        Err(Rule::Required) => Ok(None),
        Err(rule) => Err(rule),
    }
}

/// A type that can be a member of [`ApplicationFields`]. A member is an `Option` if a stored row may lack its value.
pub(super) trait Member: Sized {
    const KIND: Kind;

    /// Parses the raw value of the field that `spec` describes.
    fn read(input: &str, spec: &FieldSpec, source: Source) -> Result<Self, Rule>;

    /// Returns the normalised text, or `None` for an empty field.
    fn text(&self) -> Option<&str>;
}

impl<T: FieldValue> Member for Option<T> {
    const KIND: Kind = T::KIND;

    fn read(input: &str, spec: &FieldSpec, source: Source) -> Result<Self, Rule> {
        match (T::read(input, spec.max_length)?, source) {
            (None, Source::Subscriber) if spec.required => Err(Rule::Required),
            (value, Source::Subscriber | Source::Record) => Ok(value),
        }
    }

    fn text(&self) -> Option<&str> {
        self.as_ref().map(FieldValue::text)
    }
}

impl Member for EmailAddress {
    const KIND: Kind = Kind::Mailbox;

    fn read(input: &str, _spec: &FieldSpec, source: Source) -> Result<Self, Rule> {
        match source {
            Source::Subscriber => Self::parse_new(input),
            Source::Record => input.parse(),
        }
    }

    fn text(&self) -> Option<&str> {
        Some(self.as_str())
    }
}

/// The source of field values.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// The subscriber, for a new certificate.
    Subscriber,
    /// A record of an existing certificate from an older system. The record may lack values, and its email address may
    /// have a form that new certificates no longer contain.
    Record,
}

/// Parses fields and collects all errors.
pub(crate) struct Reader {
    source: Source,
    errors: Vec<FieldError>,
}

impl Reader {
    /// Creates a reader for the subscriber's input, which rejects empty required fields.
    pub(crate) fn of_complete_fields() -> Self {
        Self { source: Source::Subscriber, errors: Vec::new() }
    }

    /// Creates a reader for a record, which accepts empty fields.
    fn of_present_fields() -> Self {
        Self { source: Source::Record, errors: Vec::new() }
    }

    /// Parses the raw value of `field`. If the value breaks a rule, the reader records the error and returns `None`.
    pub(super) fn read<M: Member>(&mut self, field: Field, input: Option<&str>) -> Option<M> {
        match M::read(input.unwrap_or_default(), field.spec(), self.source) {
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
    /// Returns an error for each value that breaks a rule and for a missing email address, in page order.
    pub fn parse(input: &ApplicationFieldsInput) -> Result<Self, Vec<FieldError>> {
        Self::read(input, Reader::of_present_fields())
    }
}

/// A missing or invalid fixed field in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedFieldError {
    pub field: FixedField,
    pub fault: FixedFieldFault,
}

/// The reason why a fixed field is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixedFieldFault {
    /// The name breaks a rule.
    Name(Rule),
    /// The number has the wrong format.
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
    /// Returns the fields whose values differ from the values in `recorded`.
    pub fn differing_from(&self, recorded: &FixedFields) -> Vec<FixedField> {
        let differing = self.sent().filter(|(field, value)| recorded.text_of(*field) != *value);
        differing.map(|(field, _)| field).collect()
    }
}
