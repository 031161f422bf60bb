//! Subscriber sessions. The identity check starts a session, and each step extends the session. After the submission,
//! the session gives access only to the receipt.

use std::{fmt, str::FromStr};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::{
    MINUTE, Timestamp,
    application::{Accepted, ApplicationId},
    enrollment::EnrollmentId,
    numbers::CouponNumber,
    receipt::ReceiptNumber,
    session_limits::RequestCounts,
};

/// The idle timeout of a session, in seconds (OWASP ASVS 5.0 §7.3.1).
pub const IDLE_LIMIT: i64 = 15 * MINUTE;
/// The maximum session duration after the identity check, in seconds (OWASP ASVS 5.0 §7.3.2).
pub const ABSOLUTE_LIMIT: i64 = 60 * MINUTE;

/// The maximum age of an identity check that authorises an address correction, in seconds (OWASP ASVS 5.0 §7.5.1).
pub const NEW_CHECK_LIMIT: i64 = 10 * MINUTE;

/// The maximum time by which the clocks of the functions may differ, in seconds.
pub const CLOCK_TOLERANCE: i64 = 5 * MINUTE;

/// The number of wrong application passwords after which a session ends. Only a session from which the password is
/// missing can guess, such as a session in a stolen browser. The number belongs to the session, so guesses cannot keep
/// out the subscriber, who starts another session with the three credentials.
pub const MAX_WRONG_PASSWORDS: u32 = 5;

/// The content of the session cookie: an enrollment ID and a 256-bit secret. `Debug` output does not reveal the token.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken {
    enrollment: EnrollmentId,
    secret: [u8; 32],
}

/// The error returned if a string is not a valid session token.
#[derive(Debug, thiserror::Error)]
#[error("not a session token")]
pub struct SessionTokenError;

impl SessionToken {
    /// Creates a token for `enrollment` from an unpredictable `secret`.
    pub fn new(enrollment: EnrollmentId, secret: [u8; 32]) -> Self {
        Self { enrollment, secret }
    }

    /// Returns the enrollment to which the identity check gave access.
    pub fn enrollment(&self) -> &EnrollmentId {
        &self.enrollment
    }

    /// Returns the ID of the application to replace the certificate with `coupon_number`.
    pub fn application_id(&self, coupon_number: &CouponNumber) -> ApplicationId {
        ApplicationId { enrollment: self.enrollment.clone(), coupon_number: coupon_number.clone() }
    }

    /// Returns the session ID, which is the SHA-256 hash of the secret. The database stores the ID instead of the
    /// secret.
    pub fn id(&self) -> SessionId {
        SessionId(data_encoding::HEXLOWER.encode(digest(&SHA256, &self.secret).as_ref()))
    }

    /// Returns the cookie value: the token encoded in base64url.
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

/// The ID of a stored session. The ID alone does not give access to the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(String);

impl SessionId {
    /// Returns the ID in lower-case hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The subscriber's progress in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "progress")]
pub enum Progress {
    /// The identity check succeeded.
    Identified,
    /// The subscriber selected a certificate and acknowledged the warning.
    Selected {
        coupon_number: CouponNumber,
        /// The time at which the subscriber acknowledged that the revocation cannot be undone.
        acknowledged_at: Timestamp,
    },
    /// The application was accepted. The session now gives access only to the receipt.
    Submitted { receipt_number: ReceiptNumber },
}

impl Progress {
    /// Returns the next step based on the session alone, without considering the application's state.
    pub fn next_step(&self) -> Step {
        match self {
            Self::Identified => Step::Choose,
            Self::Selected { .. } => Step::Enter,
            Self::Submitted { .. } => Step::Receipt,
        }
    }
}

/// The reason why a session has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SessionEnd {
    /// A time limit has passed.
    TimedOut,
    /// The subscriber has signed out.
    SignedOut,
    /// An identity check in the same browser started another session.
    Replaced,
    /// Later sign-ins with the same credential exceeded [`MAX_SESSIONS`](crate::sign_ins::MAX_SESSIONS).
    TooManySessions,
    /// [`MAX_WRONG_PASSWORDS`] wrong application passwords were entered.
    WrongPasswords,
}

/// A session with its time limits and progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub identified_at: Timestamp,
    /// The time at which the session ends unless a step extends it.
    pub idle_until: Timestamp,
    /// The time at which the session ends even if steps extend it.
    pub absolute_until: Timestamp,
    pub progress: Progress,
    /// The number of wrong application passwords that were entered in this session.
    pub wrong_passwords: u32,
    /// The numbers of limited requests that were made in this session.
    pub requests: RequestCounts,
    /// The reason why the session ended before its time limits, if it did.
    pub ended: Option<SessionEnd>,
}

impl Session {
    /// Creates a session that starts at `now`.
    pub fn start(now: Timestamp) -> Self {
        Self {
            identified_at: now,
            idle_until: now.plus(IDLE_LIMIT),
            absolute_until: now.plus(ABSOLUTE_LIMIT),
            progress: Progress::Identified,
            wrong_passwords: 0,
            requests: RequestCounts::default(),
            ended: None,
        }
    }

    /// Returns the time until which the identity check authorises an address correction of `accepted`. Returns `None`
    /// if the identity check is too old at `now`, took place before the acceptance, or belongs to the session that
    /// submitted the application. Anyone who finds an unattended browser after the submission therefore needs a new
    /// identity check to redirect the certificate code.
    pub fn new_check_until(&self, accepted: &Accepted, now: Timestamp) -> Option<Timestamp> {
        let has_submitted = matches!(&self.progress,
            Progress::Submitted { receipt_number } if *receipt_number == accepted.receipt_number);
        let until = self.identified_at.plus(NEW_CHECK_LIMIT);
        (!has_submitted && self.identified_at >= accepted.accepted_at && now < until).then_some(until)
    }

    /// Returns the time at which the session ends unless a step extends it.
    pub fn expires_at(&self) -> Timestamp {
        self.idle_until.min(self.absolute_until)
    }

    /// Returns the reason why the session has ended at `now`, or `None` if it has not ended. A session also ends if the
    /// clock is set back by more than [`CLOCK_TOLERANCE`], because its time limits would otherwise be longer.
    pub fn end(&self, now: Timestamp) -> Option<SessionEnd> {
        let is_in_time = now < self.expires_at() && self.identified_at <= now.plus(CLOCK_TOLERANCE);
        self.ended.or((!is_in_time).then_some(SessionEnd::TimedOut))
    }

    /// Counts a wrong application password. The last permitted one ends the session.
    #[must_use]
    pub fn with_wrong_password(self) -> Self {
        let wrong_passwords = self.wrong_passwords.saturating_add(1);
        let has_ended = wrong_passwords >= MAX_WRONG_PASSWORDS;
        Self {
            wrong_passwords,
            ended: self.ended.or(has_ended.then_some(SessionEnd::WrongPasswords)),
            ..self
        }
    }

    /// Extends the session after a step at `now`.
    #[must_use]
    pub fn extended(self, now: Timestamp) -> Self {
        Self { idle_until: now.plus(IDLE_LIMIT), ..self }
    }
}

/// The steps of the wizard, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    use crate::application::test_support::accepted;

    #[test]
    fn a_session_expires_at_the_idle_limit_or_the_absolute_limit() {
        let start = Timestamp::try_from(1_700_000_000).unwrap_or_else(|_| unreachable!());
        let session = Session::start(start);
        assert_eq!(session.end(start.plus(IDLE_LIMIT - 1)), None);
        assert_eq!(session.end(start.plus(IDLE_LIMIT)), Some(SessionEnd::TimedOut));
        assert_eq!(session.end(start.plus(-CLOCK_TOLERANCE)), None);
        assert_eq!(session.end(start.plus(-CLOCK_TOLERANCE - 1)), Some(SessionEnd::TimedOut));
        let extended = session.extended(start.plus(ABSOLUTE_LIMIT - 1));
        assert_eq!(extended.end(start.plus(ABSOLUTE_LIMIT - 1)), None);
        assert_eq!(extended.end(start.plus(ABSOLUTE_LIMIT)), Some(SessionEnd::TimedOut));
    }

    #[test]
    fn an_identity_check_after_the_acceptance_is_recent_until_its_limit() {
        let accepted = accepted().state;
        let start = accepted.accepted_at;
        let session = Session::start(start).extended(start.plus(NEW_CHECK_LIMIT / 2));
        let until = Some(start.plus(NEW_CHECK_LIMIT));
        assert_eq!(session.new_check_until(&accepted, start), until);
        assert_eq!(session.new_check_until(&accepted, start.plus(NEW_CHECK_LIMIT - 1)), until);
        assert_eq!(session.new_check_until(&accepted, start.plus(NEW_CHECK_LIMIT)), None);
        assert_eq!(Session::start(start.plus(-1)).new_check_until(&accepted, start), None);
    }

    #[test]
    fn the_session_that_submitted_the_application_needs_a_new_identity_check() {
        let accepted = accepted().state;
        let submitted = |receipt_number, identified_at| Session {
            progress: Progress::Submitted { receipt_number },
            ..Session::start(identified_at)
        };
        let at = accepted.accepted_at;
        // The clock may have been set back between the identity check and the acceptance.
        for identified_at in [at, at.plus(1)] {
            let session = submitted(accepted.receipt_number.clone(), identified_at);
            assert_eq!(session.new_check_until(&accepted, identified_at), None);
        }
        let of_another_receipt = submitted(ReceiptNumber::from_random([1; 11]), at);
        assert_eq!(of_another_receipt.new_check_until(&accepted, at), Some(at.plus(NEW_CHECK_LIMIT)));
    }

    #[test]
    fn the_fifth_wrong_password_ends_the_session() {
        let start = Timestamp::try_from(1_700_000_000).unwrap_or_else(|_| unreachable!());
        let mut session = Session::start(start);
        for guess in 1..=MAX_WRONG_PASSWORDS {
            assert_eq!(session.end(start), None, "before guess {guess}");
            session = session.with_wrong_password();
        }
        assert_eq!(session.end(start), Some(SessionEnd::WrongPasswords));
    }

    #[test]
    fn a_token_round_trips_through_a_cookie_and_debug_omits_it() {
        let token = SessionToken::new(EnrollmentId::from_random([7; 16]), [9; 32]);
        assert!(token.to_cookie_value().parse::<SessionToken>().is_ok_and(|read| read == token));
        assert_eq!(format!("{token:?}"), "SessionToken(…)");
        assert!("AAAA".parse::<SessionToken>().is_err());
    }
}
