//! Represents times with a resolution of one second, as in X.509 and in DynamoDB's TTL attributes.

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The number of seconds in a day, without leap seconds.
pub const DAY: i64 = 24 * HOUR;
/// The number of seconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// The number of seconds in a minute.
pub const MINUTE: i64 = 60;

/// A time in UTC, stored as the number of whole seconds since 1970-01-01T00:00:00Z.
///
/// A timestamp is always within the years 0000 to 9999, so it can be encoded as a GeneralizedTime (RFC 5280
/// §4.1.2.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Timestamp(i64);

/// The error returned if a time is outside the years 0000 to 9999.
#[derive(Debug, thiserror::Error)]
#[error("the time is not within the years 0000 to 9999")]
pub struct TimeOutOfRange;

impl Timestamp {
    /// The Unix epoch, 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    const MIN: i64 = -62_167_219_200;
    const MAX: i64 = 253_402_300_799;

    /// Returns the number of seconds since 1970-01-01T00:00:00Z.
    pub fn as_seconds(self) -> i64 {
        self.0
    }

    /// Returns this time plus `seconds`, which may be negative. The result is clamped to the years 0000 to 9999.
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds).clamp(Self::MIN, Self::MAX))
    }

    /// Returns the number of seconds from `earlier` to this time. The result is negative if `earlier` is later.
    pub fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Converts the time to an [`OffsetDateTime`] in UTC.
    pub fn to_utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Parses a time in RFC 3339 format, such as `2026-11-22T20:08:22.123Z`, and discards fractional seconds. Returns
    /// `None` if the text is not a valid RFC 3339 time.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &Rfc3339).ok().map(Self::from)
    }

    /// Formats the time as UTC in RFC 3339 format, such as `2026-11-22T20:08:22Z`.
    pub fn to_rfc3339(self) -> String {
        self.to_utc().format(&Rfc3339).unwrap_or_default()
    }
}

impl TryFrom<i64> for Timestamp {
    type Error = TimeOutOfRange;

    fn try_from(seconds: i64) -> Result<Self, TimeOutOfRange> {
        if (Self::MIN..=Self::MAX).contains(&seconds) { Ok(Self(seconds)) } else { Err(TimeOutOfRange) }
    }
}

impl From<Timestamp> for i64 {
    fn from(timestamp: Timestamp) -> i64 {
        timestamp.0
    }
}

impl From<OffsetDateTime> for Timestamp {
    /// Discards fractional seconds.
    fn from(time: OffsetDateTime) -> Self {
        Self(time.unix_timestamp().clamp(Self::MIN, Self::MAX))
    }
}
