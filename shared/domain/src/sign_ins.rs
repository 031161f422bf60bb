//! The sign-ins with a credential: the identity checks that started a session. The sign-ins limit the number of
//! sessions, and thereby the number of rows that a subscriber can cause.

use serde::{Deserialize, Serialize};

use crate::{
    DAY, Timestamp,
    session::{ABSOLUTE_LIMIT, SessionId},
};

/// The maximum number of open sessions of a credential. Another sign-in ends the oldest session.
pub const MAX_SESSIONS: usize = 5;
/// The maximum number of sign-ins with a credential in [`SIGN_IN_PERIOD`].
pub const MAX_SIGN_INS: usize = 30;
/// The period in which the sign-ins with a credential are limited, in seconds.
pub const SIGN_IN_PERIOD: i64 = DAY;

/// A sign-in with a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// The session that the sign-in started.
    pub session: SessionId,
    pub at: Timestamp,
    /// True if a later sign-in has ended the session.
    #[serde(default)]
    pub is_ended: bool,
}

/// The stored sign-ins with a credential. `None` represents the state before the first sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIns {
    /// The number of times that this state has changed.
    pub version: u32,
    /// The sign-ins of the last [`SIGN_IN_PERIOD`] seconds, in the order in which they were recorded.
    pub latest: Vec<SignIn>,
}

/// The result of another sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub after: SignIns,
    /// The sign-ins whose sessions end because of [`MAX_SESSIONS`].
    pub ended: Vec<SignIn>,
}

/// The error returned if [`MAX_SIGN_INS`] sign-ins took place in the last [`SIGN_IN_PERIOD`] seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManySignIns {
    /// The number of seconds until the next sign-in is possible, at most [`SIGN_IN_PERIOD`].
    pub wait: i64,
}

impl SignIns {
    /// Records a sign-in at `now`, which starts `session` and replaces the session `previous` of the same browser.
    ///
    /// # Errors
    ///
    /// Returns [`TooManySignIns`] if the limit of sign-ins is reached.
    pub fn record(
        before: Option<&Self>,
        session: SessionId,
        previous: Option<&SessionId>,
        now: Timestamp,
    ) -> Result<Recorded, TooManySignIns> {
        let mut after = before.cloned().unwrap_or(Self { version: 0, latest: Vec::new() });
        after.version += 1;
        after.latest.retain(|sign_in| is_within(SIGN_IN_PERIOD, sign_in, now));
        if let [oldest, ..] = &after.latest[..]
            && after.latest.len() >= MAX_SIGN_INS
        {
            let wait = oldest.at.plus(SIGN_IN_PERIOD).since(now);
            return Err(TooManySignIns { wait: wait.clamp(1, SIGN_IN_PERIOD) });
        }
        for sign_in in after.latest.iter_mut().filter(|sign_in| Some(&sign_in.session) == previous) {
            sign_in.is_ended = true;
        }
        let ended = after.end_oldest(now);
        after.latest.push(SignIn { session, at: now, is_ended: false });
        Ok(Recorded { after, ended })
    }

    /// Marks the oldest sessions as ended, so that one more session can start.
    fn end_oldest(&mut self, now: Timestamp) -> Vec<SignIn> {
        let may_be_open =
            |sign_in: &&mut SignIn| !sign_in.is_ended && is_within(ABSOLUTE_LIMIT, sign_in, now);
        let mut open: Vec<_> = self.latest.iter_mut().filter(may_be_open).collect();
        let excess = (open.len() + 1).saturating_sub(MAX_SESSIONS);
        let oldest = open.iter_mut().take(excess);
        oldest
            .map(|sign_in| {
                sign_in.is_ended = true;
                sign_in.clone()
            })
            .collect()
    }

    /// Returns the time from which the sign-ins no longer matter.
    pub fn forgotten_at(&self, now: Timestamp) -> Timestamp {
        let last = self.latest.iter().map(|sign_in| sign_in.at).max();
        last.map_or(now, |at| at.plus(SIGN_IN_PERIOD))
    }
}

/// Returns true if the sign-in took place less than `seconds` seconds before or after `now`. A sign-in is in the future
/// if the clock was set back.
fn is_within(seconds: i64, sign_in: &SignIn, now: Timestamp) -> bool {
    now.since(sign_in.at).abs() < seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MINUTE, enrollment::EnrollmentId, session::SessionToken};

    fn start() -> Timestamp {
        Timestamp::try_from(1_795_305_600).unwrap()
    }

    fn session(number: u8) -> SessionId {
        SessionToken::new(EnrollmentId::from_random([7; 16]), [number; 32]).id()
    }

    /// Records successful sign-ins, one for each of these times.
    fn recorded(times: impl IntoIterator<Item = Timestamp>) -> SignIns {
        let mut sign_ins = None;
        for (number, at) in (0..).zip(times) {
            sign_ins = Some(SignIns::record(sign_ins.as_ref(), session(number), None, at).unwrap().after);
        }
        sign_ins.unwrap()
    }

    #[test]
    fn the_sixth_sign_in_within_an_hour_ends_the_oldest_session() {
        let five = recorded((0..5).map(|minute| start().plus(minute * MINUTE)));
        assert!(five.latest.iter().all(|sign_in| !sign_in.is_ended));
        let sixth = SignIns::record(Some(&five), session(5), None, start().plus(5 * MINUTE)).unwrap();
        assert_eq!(sixth.ended.iter().map(|ended| &ended.session).collect::<Vec<_>>(), [&session(0)]);
        let seventh =
            SignIns::record(Some(&sixth.after), session(6), None, start().plus(6 * MINUTE)).unwrap();
        assert_eq!(seventh.ended.iter().map(|ended| &ended.session).collect::<Vec<_>>(), [&session(1)]);
        // The first sessions have reached their absolute limit.
        let later = SignIns::record(Some(&five), session(5), None, start().plus(ABSOLUTE_LIMIT)).unwrap();
        assert_eq!(later.ended, []);
    }

    #[test]
    fn a_session_that_its_browser_replaces_does_not_count() {
        let five = recorded((0..5).map(|minute| start().plus(minute * MINUTE)));
        let at = start().plus(5 * MINUTE);
        for replaced in [session(0), session(4)] {
            let again = SignIns::record(Some(&five), session(5), Some(&replaced), at).unwrap();
            assert_eq!(again.ended, []);
            let open = again.after.latest.iter().filter(|sign_in| !sign_in.is_ended).count();
            assert_eq!(open, MAX_SESSIONS);
        }
    }

    #[test]
    fn sign_ins_are_limited_in_any_24_hours() {
        let half_an_hour = ABSOLUTE_LIMIT / 2;
        let full = recorded((0..30).map(|number| start().plus(number * half_an_hour)));
        let at = start().plus(30 * half_an_hour);
        let wait = DAY - 30 * half_an_hour;
        assert_eq!(SignIns::record(Some(&full), session(30), None, at), Err(TooManySignIns { wait }));
        let next = SignIns::record(Some(&full), session(30), None, at.plus(wait)).unwrap();
        assert_eq!(next.after.latest.len(), MAX_SIGN_INS);
    }

    #[test]
    fn a_wait_never_exceeds_its_period_whatever_the_clock_does() {
        let full = recorded((0..30).map(|second| start().plus(second)));
        for set_back in [0, 1, MINUTE, DAY - MINUTE] {
            let refused =
                SignIns::record(Some(&full), session(30), None, start().plus(-set_back)).unwrap_err();
            assert!((1..=SIGN_IN_PERIOD).contains(&refused.wait), "{refused:?}");
        }
        assert!(SignIns::record(Some(&full), session(30), None, start().plus(-2 * DAY)).is_ok());
    }
}
