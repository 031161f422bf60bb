//! The OCSP settings and the identifiers of stored OCSP signatures.

use std::{fmt, num::NonZeroU16, str::FromStr};

pub use pki::ocsp::CertIdForm;

/// The setting that determines which OCSP responses repeat the nonce from the request. Each response with a nonce
/// requires a new signature. A responder may ignore nonces, and clients must then use the times in the response (RFC
/// 9654 §2.1, RFC 9919 §3.2.1, §5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoncePolicy {
    /// No response contains a nonce.
    #[default]
    Ignore,
    /// Responses contain a nonce, up to this number of responses per minute. Additional nonces are ignored.
    SignaturesPerMinute(NonZeroU16),
}

/// The error returned if the setting is neither `ignore` nor a number from 1 to 9999.
#[derive(Debug, thiserror::Error)]
#[error("OCSP nonces are `ignore` or a number of signatures a minute from 1 to {}", NoncePolicy::MAXIMUM)]
pub struct UnknownNoncePolicy;

impl NoncePolicy {
    /// The maximum number of signatures per minute. One row counts the signatures, and DynamoDB limits the write rate
    /// of a row.
    pub const MAXIMUM: u16 = 9999;
}

impl FromStr for NoncePolicy {
    type Err = UnknownNoncePolicy;

    fn from_str(text: &str) -> Result<Self, UnknownNoncePolicy> {
        if text == "ignore" {
            return Ok(Self::Ignore);
        }
        let limit: NonZeroU16 = text.parse().map_err(|_| UnknownNoncePolicy)?;
        if limit.get() <= Self::MAXIMUM {
            Ok(Self::SignaturesPerMinute(limit))
        } else {
            Err(UnknownNoncePolicy)
        }
    }
}

impl fmt::Display for NoncePolicy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ignore => formatter.write_str("ignore"),
            Self::SignaturesPerMinute(limit) => limit.fmt(formatter),
        }
    }
}
