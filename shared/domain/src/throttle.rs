//! Throttles guesses without locking accounts permanently.
//!
//! Each failure raises a failure level, which decays over time. Above a threshold, each failure doubles the wait before
//! the next attempt, up to a maximum. An attempt during the wait is rejected without a check and does not count as a
//! failure. An attacker can therefore make only a few guesses per hour against an account. A subscriber whose account
//! is under attack waits at most [`Policy::longest_wait`] seconds (NIST SP 800-63B-4 §3.2.2; OWASP ASVS 5.0 §6.1.1).

use serde::{Deserialize, Serialize};

use super::{MINUTE, Timestamp};

/// The throttling parameters.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    free_failures: u32,
    longest_wait: i64,
    decay: i64,
}

impl Policy {
    /// The policy for accounts and certificate codes. The first five failures cause no wait. Further failures cause
    /// waits of 2, 4, 8 … seconds, up to 15 minutes.
    pub const ACCOUNT: Self = Self { free_failures: 5, longest_wait: 15 * MINUTE, decay: 10 * MINUTE };
    /// The policy for client addresses. The first twenty failures cause no wait, because many subscribers in an
    /// organisation may share an address.
    pub const CLIENT: Self = Self { free_failures: 20, longest_wait: 15 * MINUTE, decay: 5 * MINUTE };

    /// Returns the maximum wait in seconds.
    pub fn longest_wait(&self) -> i64 {
        self.longest_wait
    }
}

/// The failure level of an account, certificate code or client address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failures {
    /// The level at `last_at`.
    pub level: u32,
    /// The time of the last counted failure.
    pub last_at: Timestamp,
}

impl Failures {
    /// Returns the remaining wait at `now`, in seconds. The result is 0 if an attempt is allowed immediately.
    pub fn wait(&self, policy: &Policy, now: Timestamp) -> i64 {
        let delay = match self.level.checked_sub(policy.free_failures) {
            None | Some(0) => 0,
            Some(over) => 1_i64.checked_shl(over.min(32)).unwrap_or(i64::MAX).min(policy.longest_wait),
        };
        (delay - now.since(self.last_at)).clamp(0, policy.longest_wait)
    }

    /// Returns the time at which the level will have decayed to 0.
    pub fn forgotten_at(&self, policy: &Policy) -> Timestamp {
        self.last_at.plus(i64::from(self.level) * policy.decay)
    }

    /// Applies the decay to `before` and counts one more failure at `now`.
    #[must_use]
    pub fn counted(before: Option<Self>, policy: &Policy, now: Timestamp) -> Self {
        let level = before.map_or(0, |failures| {
            let forgotten = now.since(failures.last_at).max(0) / policy.decay;
            failures.level.saturating_sub(u32::try_from(forgotten).unwrap_or(u32::MAX))
        });
        Self { level: level.saturating_add(1), last_at: now }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        Timestamp::try_from(1_700_000_000).unwrap_or_else(|_| unreachable!())
    }

    /// Simulates one month of guesses at the maximum allowed rate.
    #[test]
    fn guesses_per_month_are_limited_and_waits_stay_below_the_maximum() {
        let policy = Policy::ACCOUNT;
        let (mut now, mut failures, mut guesses, mut highest) = (start(), None, 0, 0);
        while now.since(start()) < 30 * 86_400 {
            let counted = Failures::counted(failures, &policy, now);
            guesses += 1;
            highest = highest.max(counted.level);
            let wait = counted.wait(&policy, now);
            assert!(wait <= policy.longest_wait());
            now = now.plus(wait.max(1));
            failures = Some(counted);
        }
        assert!(highest <= 100, "NIST SP 800-63B-4 §3.2.2: {highest}");
        assert!(guesses < 30 * 200, "{guesses} guesses in a month");
    }

    #[test]
    fn five_failures_cause_no_wait_and_expire() {
        let policy = Policy::ACCOUNT;
        let mut failures = None;
        for _ in 0..5 {
            let counted = Failures::counted(failures, &policy, start());
            assert_eq!(counted.wait(&policy, start()), 0);
            failures = Some(counted);
        }
        let sixth = Failures::counted(failures, &policy, start());
        assert_eq!(sixth.wait(&policy, start()), 2);
        let later = sixth.forgotten_at(&policy);
        assert_eq!(Failures::counted(Some(sixth), &policy, later).level, 1);
    }
}
