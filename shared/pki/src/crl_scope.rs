//! Defines the CRLs of the CA and assigns each certificate to a shard.
//!
//! The CA publishes one complete CRL and several shards. The issuing distribution point of a shard (RFC 5280 §5.2.5)
//! limits its scope to a subset of the CA's certificates. Each certificate is permanently assigned to a shard at
//! issuance, and its CRL distribution point contains the URL of the shard.

use std::{fmt, num::NonZeroU16};

use serde::{Deserialize, Serialize};

use crate::SerialNumber;

/// The number of shards among which new certificates are distributed, from 1 to [`ShardCount::MAX`]. The number can be
/// changed at any time, because a change does not affect certificates that were already issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct ShardCount(NonZeroU16);

/// The error returned if the number of shards is not between 1 and [`ShardCount::MAX`].
#[derive(Debug, thiserror::Error)]
#[error("the number of CRL shards must be from 1 to {}", ShardCount::MAX)]
pub struct ShardCountError;

impl ShardCount {
    /// The maximum number of shards that an operator can configure.
    pub const MAX: u16 = 1024;
}

impl TryFrom<u16> for ShardCount {
    type Error = ShardCountError;

    fn try_from(count: u16) -> Result<Self, ShardCountError> {
        NonZeroU16::new(count).filter(|count| count.get() <= Self::MAX).map(Self).ok_or(ShardCountError)
    }
}

impl From<ShardCount> for u16 {
    fn from(count: ShardCount) -> Self {
        count.0.get()
    }
}

impl std::str::FromStr for ShardCount {
    type Err = ShardCountError;

    fn from_str(text: &str) -> Result<Self, ShardCountError> {
        text.parse::<u16>().map_err(|_| ShardCountError)?.try_into()
    }
}

/// The number of a shard, starting at 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CrlShard(u16);

impl CrlShard {
    /// Assigns a new certificate to a shard. Certificates are distributed evenly, because serial numbers are random.
    pub fn assign(serial_number: &SerialNumber, count: ShardCount) -> Self {
        let low_bits = serial_number.as_be_bytes().iter().rev().take(2).rev();
        let value = low_bits.fold(0_u16, |value, octet| value << 8 | u16::from(*octet));
        Self(value % count.0)
    }

    /// Returns the shards with the numbers from 0 to `count - 1`.
    pub fn all(count: ShardCount) -> impl Iterator<Item = Self> {
        (0..count.0.get()).map(Self)
    }
}

/// A CRL of the CA: either the complete CRL or a shard. In text form, a scope is either `complete` or the name of a
/// shard, such as `shard-12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CrlScope {
    /// The CRL that lists every revoked certificate of the CA.
    Complete,
    /// The CRL that lists the revoked certificates of one shard.
    Shard(CrlShard),
}

/// The error returned if a name is neither `complete` nor the name of a shard.
#[derive(Debug, thiserror::Error)]
#[error("the name of a CRL must be `complete`, or `shard-` followed by a number")]
pub struct CrlScopeError;

impl fmt::Display for CrlScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => f.write_str("complete"),
            Self::Shard(CrlShard(number)) => write!(f, "shard-{number}"),
        }
    }
}

impl std::str::FromStr for CrlScope {
    type Err = CrlScopeError;

    fn from_str(name: &str) -> Result<Self, CrlScopeError> {
        let scope = match name.strip_prefix("shard-") {
            None => Self::Complete,
            Some(number) => Self::Shard(CrlShard(number.parse().map_err(|_| CrlScopeError)?)),
        };
        // Each scope has exactly one name, so alternative spellings such as `shard-07` and `shard-+7` are rejected.
        if scope.to_string() == name { Ok(scope) } else { Err(CrlScopeError) }
    }
}

impl TryFrom<String> for CrlScope {
    type Error = CrlScopeError;

    fn try_from(name: String) -> Result<Self, CrlScopeError> {
        name.parse()
    }
}

impl From<CrlScope> for String {
    fn from(scope: CrlScope) -> Self {
        scope.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_exactly_one_name() {
        for scope in [CrlScope::Complete, CrlScope::Shard(CrlShard(0)), CrlScope::Shard(CrlShard(1023))] {
            assert_eq!(scope.to_string().parse::<CrlScope>().ok(), Some(scope));
        }
        for name in ["", "Complete", "shard-", "shard-07", "shard-+7", "shard-65536", "shard-1 "] {
            assert!(name.parse::<CrlScope>().is_err(), "{name}");
        }
    }

    #[test]
    fn serial_numbers_are_distributed_evenly_over_the_shards() {
        let count = ShardCount::try_from(5).unwrap();
        let mut filled = [0; 5];
        for number in 1..=1000_u16 {
            let serial_number = SerialNumber::from_be_bytes(&number.to_be_bytes()).unwrap();
            filled[usize::from(CrlShard::assign(&serial_number, count).0)] += 1;
        }
        assert_eq!(filled, [200; 5]);
        assert!(ShardCount::try_from(0).is_err() && ShardCount::try_from(1025).is_err());
    }
}
