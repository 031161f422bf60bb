//! Values of the attributes of distinguished names.

/// A name in a distinguished name, to be encoded as UTF8String (RFC 5280 §4.1.2.4): 1 to 64 characters, none of them a
/// control character, without white space at either end. 64 is the upper bound of commonName and organizationName (appendix A.1).
///
/// ```
/// # use pki::{DirectoryString, DirectoryStringError};
/// let name = DirectoryString::try_from("サンプル商事株式会社".to_owned())?;
/// assert_eq!(name.as_str(), "サンプル商事株式会社");
/// assert_eq!(DirectoryString::try_from("x".repeat(65)), Err(DirectoryStringError::TooLong));
/// # Ok::<_, DirectoryStringError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryString(String);

/// Not a name that a distinguished name can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryStringError {
    /// No character.
    #[error("the name is empty")]
    Empty,
    /// More than [`DirectoryString::MAX_LENGTH`] characters.
    #[error("the name has more than {} characters", DirectoryString::MAX_LENGTH)]
    TooLong,
    /// A control character.
    #[error("the name has a control character")]
    ControlCharacter,
    /// White space at the beginning or the end.
    #[error("the name begins or ends with white space")]
    SurroundingSpace,
}

impl DirectoryString {
    /// The most characters that a name can have.
    pub const MAX_LENGTH: usize = 64;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for DirectoryString {
    type Error = DirectoryStringError;

    fn try_from(name: String) -> Result<Self, DirectoryStringError> {
        if name.is_empty() {
            Err(DirectoryStringError::Empty)
        } else if name.chars().count() > Self::MAX_LENGTH {
            Err(DirectoryStringError::TooLong)
        } else if name.chars().any(char::is_control) {
            Err(DirectoryStringError::ControlCharacter)
        } else if name.trim() != name {
            Err(DirectoryStringError::SurroundingSpace)
        } else {
            Ok(Self(name))
        }
    }
}
