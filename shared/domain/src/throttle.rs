//! Throttles guesses of credentials. An attacker cannot use the throttle to keep a subscriber out.
//!
//! Wrong attempts fill a bucket. Step 1 uses one bucket for each pair of email address and certificate code, and the
//! pick-up uses one bucket for each certificate code. A client without the certificate code cannot reach the
//! subscriber's bucket. The bucket has room for [`Bucket::CAPACITY`] attempts and loses one attempt every
//! [`Bucket::DECAY`] seconds. A client therefore sees the results of at most 10 + 90 = 100 wrong attempts in 30 days
//! (NIST SP 800-63B-4 §3.2.2).
//!
//! If the bucket is full, step 1 evaluates the attempt but withholds the result. If all three credentials are correct,
//! the service emails a sign-in code to the registered mailbox. The session starts when the subscriber repeats the
//! attempt with this code.

use serde::{Deserialize, Serialize};

use super::{HOUR, MINUTE, Timestamp};

/// A leaky bucket of wrong attempts. An empty bucket is represented as `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// The time at which the bucket will be empty.
    pub empty_at: Timestamp,
}

impl Bucket {
    /// The number of wrong attempts that fill an empty bucket.
    pub const CAPACITY: i64 = 10;
    /// The time that the bucket takes to lose one attempt, in seconds.
    pub const DECAY: i64 = 8 * HOUR;

    /// Returns true if the bucket is full at `now`.
    pub fn is_full(before: Option<Self>, now: Timestamp) -> bool {
        Self::empty_at(before, now).since(now) > (Self::CAPACITY - 1) * Self::DECAY
    }

    /// Returns the bucket after one more wrong attempt at `now`.
    #[must_use]
    pub fn with_attempt(before: Option<Self>, now: Timestamp) -> Self {
        Self { empty_at: Self::limited(Self::empty_at(before, now).plus(Self::DECAY), now) }
    }

    /// Returns the time at which the bucket will be empty. A stored time exceeds the limit in [`Self::limited`] only if
    /// the clock has been set back.
    fn empty_at(before: Option<Self>, now: Timestamp) -> Timestamp {
        before.map_or(now, |bucket| Self::limited(bucket.empty_at.max(now), now))
    }

    /// Returns the corrected bucket if the clock was set back since the last attempt. Otherwise the bucket would stay
    /// full for longer than [`Self::DECAY`].
    fn after_clock_fault(self, now: Timestamp) -> Self {
        Self { empty_at: Self::limited(self.empty_at, now) }
    }

    fn limited(empty_at: Timestamp, now: Timestamp) -> Timestamp {
        empty_at.min(now.plus(Self::CAPACITY * Self::DECAY))
    }
}

/// A sign-in code that was requested by an attempt with three correct credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInRequest {
    /// The id of the email's outbox row. The code is derived from this id.
    pub outbox_id: String,
    /// The time of the request.
    pub requested_at: Timestamp,
    /// The number of attempts with three correct credentials and a wrong code.
    pub wrong_codes: u32,
}

impl SignInRequest {
    /// The time after the request for which a code is valid, in seconds.
    pub const LIFETIME: i64 = 15 * MINUTE;
    /// The minimum number of seconds between two emails.
    pub const INTERVAL: i64 = 5 * MINUTE;
    /// The number of wrong codes after which the correct code is no longer accepted.
    pub const MAX_WRONG_CODES: u32 = 5;

    /// Creates a request made at `now`, with its email in the outbox row `outbox_id`.
    pub fn new(outbox_id: String, now: Timestamp) -> Self {
        Self { outbox_id, requested_at: now, wrong_codes: 0 }
    }

    /// Returns the time at which the code expires.
    pub fn expires_at(&self) -> Timestamp {
        self.requested_at.plus(Self::LIFETIME)
    }

    fn is_usable(&self, now: Timestamp) -> bool {
        self.is_within(Self::LIFETIME, now) && self.wrong_codes < Self::MAX_WRONG_CODES
    }

    /// Returns true if the request was made within the last `seconds` seconds. A request dated in the future counts as
    /// too old.
    fn is_within(&self, seconds: i64, now: Timestamp) -> bool {
        (0..seconds).contains(&now.since(self.requested_at))
    }
}

/// The stored state of the attempts with one set of credentials. `None` represents the state before the first attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throttle {
    /// The number of times that this state has changed.
    pub version: u32,
    /// The wrong attempts.
    #[serde(flatten)]
    pub bucket: Bucket,
    /// The latest sign-in code.
    pub sign_in: Option<SignInRequest>,
}

/// An attempt at step 1, after its evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// True if all three credentials are correct.
    pub is_right: bool,
    /// The sign-in code.
    pub sign_in_code: EnteredCode,
}

/// The sign-in code of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnteredCode {
    /// The attempt contains no code.
    Missing,
    /// The code is not the latest code for these credentials.
    Wrong,
    /// The code is the latest code for these credentials.
    Right,
}

/// The outcome of an attempt at step 1, and the changed state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A session starts. The state is unchanged, except that a used sign-in code is removed.
    Start(Option<Throttle>),
    /// The attempt is refused, and the response reveals that a credential is wrong.
    Refuse(Throttle),
    /// The response does not reveal whether the credentials are correct. The state may have changed.
    Withhold(Option<Throttle>),
    /// The response does not reveal that the credentials are correct. A new sign-in code is sent.
    WithholdAndSend(Throttle),
}

impl Throttle {
    /// Decides the outcome of an attempt at `now`. `outbox_id` is the ID of the email's outbox row, if an email is
    /// sent.
    pub fn decide(before: Option<&Self>, attempt: Attempt, outbox_id: &str, now: Timestamp) -> Decision {
        if !Bucket::is_full(before.map(|before| before.bucket), now) {
            return match attempt.is_right {
                true => Decision::Start(None),
                false => Decision::Refuse(Self::with_wrong_attempt(before, now)),
            };
        }
        let Some(before) = before else { return Decision::Withhold(None) };
        let (request, bucket) = (before.sign_in.as_ref(), before.bucket.after_clock_fault(now));
        match (attempt, request) {
            (Attempt { is_right: false, .. }, _) => Decision::Withhold(before.after_clock_fault(now)),
            (Attempt { sign_in_code: EnteredCode::Right, .. }, Some(request)) if request.is_usable(now) => {
                Decision::Start(Some(before.changed(bucket, None)))
            }
            (Attempt { sign_in_code: EnteredCode::Wrong, .. }, Some(request)) if request.is_usable(now) => {
                let wrong_codes = request.wrong_codes + 1;
                let request = SignInRequest { wrong_codes, ..request.clone() };
                Decision::Withhold(Some(before.changed(bucket, Some(request))))
            }
            (_, Some(request)) if request.is_within(SignInRequest::INTERVAL, now) => {
                Decision::Withhold(before.after_clock_fault(now))
            }
            _ => {
                let request = SignInRequest::new(outbox_id.to_owned(), now);
                Decision::WithholdAndSend(before.changed(bucket, Some(request)))
            }
        }
    }

    /// Returns the state after a wrong attempt at `now`.
    #[must_use]
    pub fn with_wrong_attempt(before: Option<&Self>, now: Timestamp) -> Self {
        let bucket = Bucket::with_attempt(before.map(|before| before.bucket), now);
        match before {
            None => Self { version: 1, bucket, sign_in: None },
            Some(before) => before.changed(bucket, before.sign_in.clone()),
        }
    }

    /// Returns the time after which the state has no effect.
    pub fn forgotten_at(&self) -> Timestamp {
        let expires_at = self.sign_in.as_ref().map(SignInRequest::expires_at);
        expires_at.map_or(self.bucket.empty_at, |at| at.max(self.bucket.empty_at))
    }

    /// Returns the corrected state if the clock was set back since the last attempt.
    fn after_clock_fault(&self, now: Timestamp) -> Option<Self> {
        let bucket = self.bucket.after_clock_fault(now);
        (bucket != self.bucket).then(|| self.changed(bucket, self.sign_in.clone()))
    }

    fn changed(&self, bucket: Bucket, sign_in: Option<SignInRequest>) -> Self {
        Self { version: self.version.wrapping_add(1), bucket, sign_in }
    }
}

#[cfg(test)]
mod tests;
