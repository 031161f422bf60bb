//! The session: made by the identity check, moved forward by each step, ended by submission.

use std::{fmt, str::FromStr};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::{MINUTE, Timestamp, enrollment::EnrollmentId, numbers::CouponNumber, receipt::ReceiptNumber};

/// A session ends after this many seconds without a step (OWASP ASVS 5.0 §7.3.1).
pub const IDLE_LIMIT: i64 = 15 * MINUTE;
/// A session ends this many seconds after the identity check (OWASP ASVS 5.0 §7.3.2).
pub const ABSOLUTE_LIMIT: i64 = 60 * MINUTE;

/// An identity check is new enough for what redirects credentials for this many seconds (OWASP ASVS 5.0 §7.5.1).
pub const NEW_CHECK_LIMIT: i64 = 10 * MINUTE;

/// What the session cookie holds: which enrollment was opened, and 256 secret bits. `Debug` says nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken {
    enrollment: EnrollmentId,
    secret: [u8; 32],
}

/// Not the form of a session token.
#[derive(Debug, thiserror::Error)]
#[error("not a session token")]
pub struct SessionTokenError;

impl SessionToken {
    /// A token for `enrollment` with this unpredictable `secret`.
    pub fn new(enrollment: EnrollmentId, secret: [u8; 32]) -> Self {
        Self { enrollment, secret }
    }

    /// The enrollment that the identity check opened.
    pub fn enrollment(&self) -> &EnrollmentId {
        &self.enrollment
    }

    /// What is stored instead of the secret: its SHA-256.
    pub fn id(&self) -> SessionId {
        SessionId(data_encoding::HEXLOWER.encode(digest(&SHA256, &self.secret).as_ref()))
    }

    /// The value of the cookie.
    pub fn to_cookie_value(&self) -> String {
        let octets = [self.enrollment.as_bytes().as_slice(), &self.secret].concat();
        data_encoding::BASE64URL_NOPAD.encode(&octets)
    }
}

impl FromStr for SessionToken {
    type Err = SessionTokenError;

    fn from_str(cookie_value: &str) -> Result<Self, SessionTokenError> {
        let octets =
            data_encoding::BASE64URL_NOPAD.decode(cookie_value.as_bytes()).map_err(|_| SessionTokenError)?;
        let (enrollment, secret) = octets.split_first_chunk::<16>().ok_or(SessionTokenError)?;
        let secret = secret.try_into().map_err(|_| SessionTokenError)?;
        Ok(Self { enrollment: EnrollmentId::from_random(*enrollment), secret })
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// Names a stored session; knowing it does not open the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(String);

impl SessionId {
    /// Lower-case hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How far a session has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "progress")]
pub enum Progress {
    /// The identity check was passed.
    Identified,
    /// A certificate was chosen and the warning acknowledged.
    Selected {
        /// The certificate.
        coupon_number: CouponNumber,
        /// When the subscriber acknowledged that the revocation cannot be undone.
        acknowledged_at: Timestamp,
    },
    /// The application was accepted; only its receipt can still be seen.
    Submitted {
        /// The receipt.
        receipt_number: ReceiptNumber,
    },
}

impl Progress {
    /// The step that comes next, as far as the session alone can tell.
    pub fn next_step(&self) -> Step {
        match self {
            Self::Identified => Step::Choose,
            Self::Selected { .. } => Step::Enter,
            Self::Submitted { .. } => Step::Receipt,
        }
    }
}

/// A session that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// It ends then, unless a step extends it.
    pub idle_until: Timestamp,
    /// It ends then.
    pub absolute_until: Timestamp,
    /// How far it has come.
    #[serde(flatten)]
    pub progress: Progress,
}

impl Session {
    /// A session that starts at `now`.
    pub fn start(now: Timestamp) -> Self {
        Self {
            idle_until: now.plus(IDLE_LIMIT),
            absolute_until: now.plus(ABSOLUTE_LIMIT),
            progress: Progress::Identified,
        }
    }

    /// When the identity check was passed.
    pub fn identified_at(&self) -> Timestamp {
        self.absolute_until.plus(-ABSOLUTE_LIMIT)
    }

    /// Until when the session's identity check is a new one for what was accepted at `accepted_at`, if it is at `now`:
    /// who was left with the page of a session cannot use it to redirect what that session led to.
    pub fn new_check_until(&self, accepted_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let until = self.identified_at().plus(NEW_CHECK_LIMIT);
        (self.identified_at() > accepted_at && now < until).then_some(until)
    }

    /// When it ends if nothing more is done.
    pub fn expires_at(&self) -> Timestamp {
        self.idle_until.min(self.absolute_until)
    }

    /// Whether it still lives at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at()
    }

    /// The session after something was done at `now`.
    #[must_use]
    pub fn extended(self, now: Timestamp) -> Self {
        Self { idle_until: now.plus(IDLE_LIMIT), ..self }
    }
}

/// The steps of the wizard, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// 1: identity check
    Identify,
    /// 2: choose the certificate
    Choose,
    /// 3: check the certificate
    Check,
    /// 4: enter the application
    Enter,
    /// 5: check the application
    Confirm,
    /// 6: accepted
    Receipt,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lives_fifteen_idle_minutes_and_an_hour_in_all() {
        let start = Timestamp::try_from(1_700_000_000).unwrap_or_else(|_| unreachable!());
        let session = Session::start(start);
        assert!(session.is_live(start.plus(15 * MINUTE - 1)));
        assert!(!session.is_live(start.plus(15 * MINUTE)));
        let extended = session.extended(start.plus(50 * MINUTE));
        assert!(extended.is_live(start.plus(60 * MINUTE - 1)));
        assert!(!extended.is_live(start.plus(60 * MINUTE)));
    }

    #[test]
    fn an_identity_check_after_the_acceptance_is_new_for_ten_minutes() {
        let start = Timestamp::try_from(1_700_000_000).unwrap_or_else(|_| unreachable!());
        let session = Session::start(start).extended(start.plus(5 * MINUTE));
        let until = Some(start.plus(10 * MINUTE));
        assert_eq!(session.new_check_until(start.plus(-1), start), until);
        assert_eq!(session.new_check_until(start.plus(-1), start.plus(10 * MINUTE - 1)), until);
        assert_eq!(session.new_check_until(start.plus(-1), start.plus(10 * MINUTE)), None);
        assert_eq!(session.new_check_until(start, start), None);
    }

    #[test]
    fn a_token_survives_the_cookie_and_shows_nothing() {
        let token = SessionToken::new(EnrollmentId::from_random([7; 16]), [9; 32]);
        assert!(token.to_cookie_value().parse::<SessionToken>().is_ok_and(|read| read == token));
        assert_eq!(format!("{token:?}"), "SessionToken(…)");
        assert!("AAAA".parse::<SessionToken>().is_err());
    }
}
