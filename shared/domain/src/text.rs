//! Text normalisation and normalised text types.
//!
//! Subscribers may type full-width digits, half-width kana and long dashes. The service accepts these characters,
//! applies Unicode normalisation (NFKC, UAX #15) and displays the normalised text. `web/js/fields.js` implements the
//! same normalisation for the pages. Tests run the cases in `tests/cases/fields.json` against both implementations.

use std::fmt;

use pki::{DirectoryString, DirectoryStringError};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::fields::{Kind, Rule};

/// Removes variation selectors, applies NFKC, and trims and collapses white space. A variation selector selects a glyph
/// variant, such as one of the two glyphs of 葛 in 葛飾. Neither forms nor certificates preserve glyph variants. Variation
/// selectors are removed before NFKC, because the characters around them may compose.
///
/// # Errors
///
/// Returns [`Rule::UnsuitableCharacter`] if the text contains a control character, format character, private-use
/// character or noncharacter. Names and addresses contain none of these characters.
pub fn normalise(input: &str) -> Result<String, Rule> {
    let folded: String = input.chars().filter(|&c| !is_variation_selector(c)).nfkc().collect();
    let words = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().any(DirectoryString::is_unsuitable) { Err(Rule::UnsuitableCharacter) } else { Ok(words) }
}

/// Returns `input` in Unicode Normalization Form KC.
pub fn nfkc(input: &str) -> String {
    input.nfkc().collect()
}

fn is_variation_selector(character: char) -> bool {
    matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Returns true if `character` is accepted as a dash. NFKC has already converted U+FF0D to `-` and U+FF70 to ー.
pub fn is_dash(character: char) -> bool {
    matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | 'ー')
}

/// Removes white space and dashes from `text`.
pub fn without_separators(text: &str) -> String {
    text.chars().filter(|&c| !c.is_whitespace() && !is_dash(c)).collect()
}

/// Normalises `input` and checks that the result has at most `max_length` characters. Returns `None` if the result is
/// empty.
pub(super) fn bounded(input: &str, max_length: usize) -> Result<Option<String>, Rule> {
    let text = normalise(input)?;
    within(&text, max_length)?;
    Ok((!text.is_empty()).then_some(text))
}

pub(super) fn within(text: &str, max_length: usize) -> Result<(), Rule> {
    if text.chars().count() > max_length { Err(Rule::TooLong) } else { Ok(()) }
}

/// Full-width (全角) text for titles and departments.
///
/// ASCII characters and half-width kana are converted to full width. Characters without a full-width form are rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FullWidthText(String);

impl FullWidthText {
    /// Parses a string of at most `max_length` characters after normalisation. Returns `None` if the normalised string
    /// is empty.
    ///
    /// # Errors
    ///
    /// Returns the first broken rule: [`Rule::UnsuitableCharacter`], [`Rule::TooLong`] or [`Rule::NotFullWidth`].
    pub fn parse(input: &str, max_length: usize) -> Result<Option<Self>, Rule> {
        let Some(text) = bounded(input, max_length)? else { return Ok(None) };
        text.chars()
            .map(to_full_width)
            .collect::<Option<String>>()
            .map(Self)
            .ok_or(Rule::NotFullWidth)
            .map(Some)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn to_full_width(character: char) -> Option<char> {
    match character {
        ' ' => Some('\u{3000}'),
        '!'..='~' => char::from_u32(u32::from(character) + 0xFEE0),
        '\u{00B7}' | '\u{2022}' | '\u{2027}' => Some('・'),
        '\u{2010}'..='\u{2015}' | '\u{2212}'
        | '\u{3000}'..='\u{30FF}' // CJK punctuation, hiragana, katakana
        | '\u{31F0}'..='\u{31FF}' // small katakana for Ainu
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}' // ideographs with extensions and compatibility forms
        | '\u{FF01}'..='\u{FF5E}' => Some(character),
        _ => None,
    }
}

/// Printable ASCII text for the title and department in Latin letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RomajiText(String);

impl RomajiText {
    /// Parses a string of at most `max_length` characters after normalisation. Returns `None` if the normalised string
    /// is empty.
    ///
    /// # Errors
    ///
    /// Returns the first broken rule: [`Rule::UnsuitableCharacter`], [`Rule::TooLong`] or [`Rule::NotRomaji`].
    pub fn parse(input: &str, max_length: usize) -> Result<Option<Self>, Rule> {
        let Some(text) = bounded(input, max_length)? else { return Ok(None) };
        if text.bytes().all(|b| (0x20..=0x7E).contains(&b)) {
            Ok(Some(Self(text)))
        } else {
            Err(Rule::NotRomaji)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name that was recorded at the first authentication. The name is normalised, non-empty and short enough for a
/// certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordedName(DirectoryString);

impl RecordedName {
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Converts the name to a certificate attribute value.
    pub fn to_directory_string(&self) -> DirectoryString {
        self.0.clone()
    }
}

impl TryFrom<String> for RecordedName {
    type Error = Rule;

    fn try_from(input: String) -> Result<Self, Rule> {
        DirectoryString::try_from(normalise(&input)?).map(Self).map_err(|error| match error {
            DirectoryStringError::Empty => Rule::Required,
            DirectoryStringError::TooLong => Rule::TooLong,
            DirectoryStringError::UnsuitableCharacter | DirectoryStringError::SurroundingSpace => {
                Rule::UnsuitableCharacter
            }
        })
    }
}

impl From<RecordedName> for String {
    fn from(name: RecordedName) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for RecordedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Implements the conversions to and from stored strings. A stored string is parsed again with the length limit of its
/// kind.
macro_rules! stored_text {
    ($name:ident, $kind:expr) => {
        impl TryFrom<String> for $name {
            type Error = Rule;

            fn try_from(stored: String) -> Result<Self, Rule> {
                Self::parse(&stored, $kind.max_length())?.ok_or(Rule::Required)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

stored_text!(FullWidthText, Kind::FullWidth);
stored_text!(RomajiText, Kind::Romaji);
pub(super) use stored_text;
