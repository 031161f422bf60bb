//! Defines the validity period of certificates.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A validity period from notBefore to notAfter, both inclusive (RFC 5280 §4.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(Timestamp, Timestamp)", into = "(Timestamp, Timestamp)")]
pub struct Validity {
    not_before: Timestamp,
    not_after: Timestamp,
}

/// The error returned if notAfter is earlier than notBefore.
#[derive(Debug, thiserror::Error)]
#[error("notAfter is earlier than notBefore")]
pub struct ValidityError;

impl Validity {
    /// Returns the notBefore time, the first second at which the certificate is valid.
    pub fn not_before(self) -> Timestamp {
        self.not_before
    }

    /// Returns the notAfter time, the last second at which the certificate is valid.
    pub fn not_after(self) -> Timestamp {
        self.not_after
    }
}

impl TryFrom<(Timestamp, Timestamp)> for Validity {
    type Error = ValidityError;

    fn try_from((not_before, not_after): (Timestamp, Timestamp)) -> Result<Self, ValidityError> {
        if not_before <= not_after { Ok(Self { not_before, not_after }) } else { Err(ValidityError) }
    }
}

impl From<Validity> for (Timestamp, Timestamp) {
    fn from(validity: Validity) -> Self {
        (validity.not_before, validity.not_after)
    }
}
