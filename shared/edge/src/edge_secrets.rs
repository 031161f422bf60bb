//! Recognises requests that CloudFront has forwarded.

use std::str::FromStr;

use lambda_http::http::HeaderMap;
use subtle::{Choice, ConstantTimeEq};

/// The header that CloudFront sets to the secret that it shares with this deployment.
const EDGE_SECRET: &str = "x-edge-secret";
/// The minimum length of a secret in octets.
const MINIMUM_LENGTH: usize = 32;

/// The valid values of the secret that CloudFront adds to requests. If the list is empty, no CDN is in front of the
/// API.
///
/// Several values can be valid at the same time. Operators can therefore change the value that CloudFront sends without
/// affecting clients (docs/operate.md).
#[derive(Clone, Default)]
pub struct EdgeSecrets(Vec<String>);

/// A value in the list is not a valid secret.
#[derive(Debug, thiserror::Error)]
#[error("has a value that is not a secret of at least {MINIMUM_LENGTH} visible ASCII characters")]
pub struct EdgeSecretsError;

impl EdgeSecrets {
    /// Returns true if CloudFront forwarded the request with these headers, or if no CDN is in front of the API.
    pub(super) fn admit(&self, headers: &HeaderMap) -> bool {
        self.0.is_empty() || self.are_shown(headers)
    }

    /// Returns true if the headers contain exactly one value of the secret, and the value is valid. The duration of the
    /// comparison does not depend on the position of a difference.
    pub(super) fn are_shown(&self, headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(EDGE_SECRET).iter();
        let (Some(shown), None) = (values.next(), values.next()) else { return false };
        let matches = self.0.iter().map(|secret| secret.as_bytes().ct_eq(shown.as_bytes()));
        matches.fold(Choice::from(0), |any, matches| any | matches).into()
    }
}

impl FromStr for EdgeSecrets {
    type Err = EdgeSecretsError;

    /// Parses the secrets, which are separated by commas.
    fn from_str(text: &str) -> Result<Self, EdgeSecretsError> {
        let is_secret =
            |value: &str| value.len() >= MINIMUM_LENGTH && value.bytes().all(|b| b.is_ascii_graphic());
        let secrets: Vec<_> = text.split(',').map(str::to_owned).collect();
        secrets.iter().all(|value| is_secret(value)).then_some(Self(secrets)).ok_or(EdgeSecretsError)
    }
}

#[cfg(test)]
mod tests {
    use lambda_http::http::HeaderValue;

    use super::*;

    const FIRST: &str = "first-value-of-the-edge-secret-01";
    const SECOND: &str = "second-value-of-the-edge-secret-2";

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(EDGE_SECRET, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn both_valid_values_are_accepted() {
        let secrets: EdgeSecrets = format!("{FIRST},{SECOND}").parse().unwrap();
        assert!(secrets.admit(&headers(&[FIRST])));
        assert!(secrets.admit(&headers(&[SECOND])));
    }

    #[test]
    fn other_values_are_refused() {
        let secrets: EdgeSecrets = format!("{FIRST},{SECOND}").parse().unwrap();
        let (prefix, padded, both) =
            (&FIRST[..FIRST.len() - 1], format!("{FIRST} "), format!("{FIRST},{SECOND}"));
        for wrong in [
            &[][..],
            &[""],
            &[prefix],
            &[&padded],
            &[&both],
            &[&FIRST.to_uppercase()],
            &[FIRST, SECOND],
            &["x", FIRST],
        ] {
            assert!(!secrets.admit(&headers(wrong)), "{wrong:?}");
        }
    }

    /// As in docs/operate.md, the functions accept the new value before CloudFront sends it.
    #[test]
    fn a_rotation_never_refuses_the_value_that_cloudfront_sends() {
        let third = "third-value-of-the-edge-secret-03";
        for (accepted, sent) in [
            ((FIRST, SECOND), &[FIRST][..]),
            ((FIRST, third), &[FIRST]),
            ((FIRST, third), &[FIRST, third]),
            ((SECOND, third), &[third]),
        ] {
            let secrets: EdgeSecrets = format!("{},{}", accepted.0, accepted.1).parse().unwrap();
            for value in sent {
                assert!(secrets.admit(&headers(&[value])), "{accepted:?} {value}");
            }
        }
        let afterwards: EdgeSecrets = format!("{SECOND},{third}").parse().unwrap();
        assert!(!afterwards.admit(&headers(&[FIRST])), "the replaced value is no longer valid");
    }

    #[test]
    fn without_a_secret_every_request_is_admitted_and_none_is_recognised() {
        for values in [&[][..], &[""], &[FIRST]] {
            assert!(EdgeSecrets::default().admit(&headers(values)));
            assert!(!EdgeSecrets::default().are_shown(&headers(values)));
        }
    }

    #[test]
    fn short_or_empty_secrets_are_invalid() {
        let spaced = format!("{FIRST} {SECOND}");
        for text in ["", ",", "short", &format!("{FIRST},"), &format!("{FIRST},short"), &spaced] {
            assert!(text.parse::<EdgeSecrets>().is_err(), "{text}");
        }
    }
}
