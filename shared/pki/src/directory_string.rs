//! Validates attribute values in distinguished names.

/// An attribute value in a distinguished name, which is encoded as a UTF8String (RFC 5280 §4.1.2.4). The value has 1 to
/// 64 characters, none of which is [unsuitable](Self::is_unsuitable), and no leading or trailing whitespace. RFC 5280
/// appendix A.1 limits commonName and organizationName to 64 characters.
///
/// ```
/// # use pki::{DirectoryString, DirectoryStringError};
/// let name = DirectoryString::try_from("サンプル商事株式会社".to_owned())?;
/// assert_eq!(name.as_str(), "サンプル商事株式会社");
/// assert_eq!(DirectoryString::try_from("x".repeat(65)), Err(DirectoryStringError::TooLong));
/// let turned = DirectoryString::try_from("Sample\u{202E}K.K.".to_owned());
/// assert_eq!(turned, Err(DirectoryStringError::UnsuitableCharacter));
/// # Ok::<_, DirectoryStringError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryString(String);

/// The error returned if a string cannot be used in a distinguished name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryStringError {
    /// The string is empty.
    #[error("the name is empty")]
    Empty,
    /// The string has more than [`DirectoryString::MAX_LENGTH`] characters.
    #[error("the name is longer than {} characters", DirectoryString::MAX_LENGTH)]
    TooLong,
    /// The string contains a character that [`DirectoryString::is_unsuitable`] rejects.
    #[error("the name contains a control, format or private-use character")]
    UnsuitableCharacter,
    /// The string has leading or trailing whitespace.
    #[error("the name begins or ends with white space")]
    SurroundingSpace,
}

impl DirectoryString {
    /// The maximum length of a name in characters (RFC 5280 appendix A.1).
    pub const MAX_LENGTH: usize = 64;

    /// Returns the name as a string slice.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns true if `character` is not allowed in a name. Names must not contain control characters, bidirectional
    /// and zero-width format characters, private-use characters or noncharacters.
    pub fn is_unsuitable(character: char) -> bool {
        character.is_control()
            || matches!(character,
                '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFF}' | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{10FFFF}')
    }
}

impl TryFrom<String> for DirectoryString {
    type Error = DirectoryStringError;

    fn try_from(name: String) -> Result<Self, DirectoryStringError> {
        if name.is_empty() {
            Err(DirectoryStringError::Empty)
        } else if name.chars().count() > Self::MAX_LENGTH {
            Err(DirectoryStringError::TooLong)
        } else if name.chars().any(Self::is_unsuitable) {
            Err(DirectoryStringError::UnsuitableCharacter)
        } else if name.trim() != name {
            Err(DirectoryStringError::SurroundingSpace)
        } else {
            Ok(Self(name))
        }
    }
}
