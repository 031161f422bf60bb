//! Simulates attackers together with a subscriber, and tests individual decisions.

use std::collections::HashMap;

use super::*;
use crate::{
    DAY,
    credential_keys::{CredentialKeys, ThrottleKey},
};

const MONTH: i64 = 30 * DAY;
/// The time between two bursts of guesses.
const STEP: usize = 1800;
/// The number of guesses that a client sends at the same time.
const BURST: usize = 12;
const RIGHT: Attempt = Attempt { is_right: true, sign_in_code: EnteredCode::Missing };
const WRONG: Attempt = Attempt { is_right: false, sign_in_code: EnteredCode::Missing };

fn start() -> Timestamp {
    Timestamp::try_from(1_700_000_000).unwrap()
}

/// The throttles of all credentials, and the results that clients have seen.
struct World {
    keys: CredentialKeys,
    throttles: HashMap<ThrottleKey, Throttle>,
    /// The times of the counted guesses whose results the attacker saw.
    seen: Vec<i64>,
    emails: usize,
}

impl World {
    fn new() -> Self {
        let keys = CredentialKeys::from_pepper(&[7; 32]);
        Self { keys, throttles: HashMap::new(), seen: Vec::new(), emails: 0 }
    }

    fn key(&self, code: &str) -> ThrottleKey {
        self.keys.pair_throttle(&"taro@example.co.jp".parse().unwrap(), &code.parse().unwrap())
    }

    /// Decides the outcome of an attempt from the state that was read, and stores the change unless the state has
    /// changed since. Like the use case, repeats the decision if the state has changed.
    fn attempt(
        &mut self,
        key: &ThrottleKey,
        read: Option<&Throttle>,
        attempt: Attempt,
        now: Timestamp,
    ) -> Decision {
        let mut read = read.cloned();
        loop {
            let stored = self.throttles.get(key);
            let decision = Throttle::decide(read.as_ref(), attempt, "email", now);
            let after = match &decision {
                Decision::Start(after) | Decision::Withhold(after) => after.clone(),
                Decision::Refuse(after) | Decision::WithholdAndSend(after) => Some(after.clone()),
            };
            let is_written = after.is_some() || matches!(decision, Decision::Start(_));
            if is_written && read.as_ref() != stored {
                read = stored.cloned();
                continue;
            }
            if let Some(after) = after {
                self.throttles.insert(key.clone(), after);
            }
            self.emails += usize::from(matches!(decision, Decision::WithholdAndSend(_)));
            return decision;
        }
    }

    /// Makes wrong attempts that all read the same state. If the attacker sees the result of a guess, the guess counts
    /// as seen at `counted_at`.
    fn guess_in_parallel(&mut self, code: &str, guesses: usize, now: Timestamp, counted_at: Option<i64>) {
        let key = self.key(code);
        let read = self.throttles.get(&key).cloned();
        for _ in 0..guesses {
            match self.attempt(&key, read.as_ref(), WRONG, now) {
                Decision::Refuse(_) => self.seen.extend(counted_at),
                Decision::Withhold(_) => {}
                decision => panic!("{decision:?}"),
            }
        }
    }

    /// Tries to sign in with three correct credentials, and then with the emailed code if one is sent.
    fn sign_in(&mut self, code: &str, now: Timestamp) {
        let key = self.key(code);
        let read = self.throttles.get(&key).cloned();
        match self.attempt(&key, read.as_ref(), RIGHT, now) {
            Decision::Start(None) => {}
            Decision::WithholdAndSend(_) => {
                // The attacker continues to guess while the email is on its way.
                self.guess_in_parallel(code, BURST, now.plus(30), None);
                let read = self.throttles.get(&key).cloned();
                let entered = Attempt { sign_in_code: EnteredCode::Right, ..RIGHT };
                let decision = self.attempt(&key, read.as_ref(), entered, now.plus(60));
                assert!(matches!(decision, Decision::Start(Some(_))), "{decision:?}");
            }
            decision => panic!("the subscriber was kept out: {decision:?}"),
        }
    }

    fn most_seen_in_a_month(&self) -> usize {
        let within = |from: i64| self.seen.iter().filter(|at| (from..=from + MONTH).contains(*at)).count();
        self.seen.iter().map(|from| within(*from)).max().unwrap_or_default()
    }

    fn delete_forgotten(&mut self, now: Timestamp) {
        self.throttles.retain(|_, throttle| throttle.forgotten_at() > now);
    }
}

#[test]
fn attackers_see_100_guesses_in_30_days_and_keep_no_subscriber_out() {
    let mut world = World::new();
    let mut most_rows = 0;
    for real_time in (0..2 * MONTH).step_by(STEP) {
        let now = start().plus(real_time);
        // A client without the code guesses codes from any number of addresses.
        world.guess_in_parallel(&format!("guess {real_time}"), 3, now, None);
        world.guess_in_parallel("the code", BURST, now, Some(real_time));
        if real_time % DAY == 8 * HOUR {
            world.sign_in("the code", now.plus(300));
        }
        world.delete_forgotten(now);
        most_rows = most_rows.max(world.throttles.len());
        for throttle in world.throttles.values() {
            assert!(throttle.bucket.empty_at.since(now) <= Bucket::CAPACITY * Bucket::DECAY);
        }
    }
    assert_eq!(world.most_seen_in_a_month(), 100);
    assert_eq!(world.emails, 60, "one a day");
    assert!(most_rows <= 49, "the guesses of a day, three for each code: {most_rows}");
}

#[test]
fn a_client_without_the_code_does_not_affect_the_subscriber() {
    let mut world = World::new();
    for real_time in (0..MONTH).step_by(STEP) {
        let now = start().plus(real_time);
        for guess in 0..5 {
            world.guess_in_parallel(&format!("guess {guess}"), BURST, now, Some(real_time));
        }
        world.sign_in("the code", now);
    }
    assert_eq!(world.emails, 0);
    assert!(!world.throttles.contains_key(&world.key("the code")));
}

#[test]
fn a_clock_that_jumps_a_day_keeps_no_subscriber_out() {
    for jump in [-DAY, DAY] {
        let mut world = World::new();
        for real_time in (0..MONTH).step_by(STEP) {
            let clock_fault = if real_time < 10 * DAY { 0 } else { jump };
            let now = start().plus(real_time + clock_fault);
            world.guess_in_parallel("the code", BURST, now, Some(real_time));
            if real_time % DAY == 8 * HOUR {
                world.sign_in("the code", now.plus(300));
            }
        }
        let gained = usize::try_from(jump.max(0) / Bucket::DECAY).unwrap();
        assert!(world.most_seen_in_a_month() <= 100 + gained, "{}", world.most_seen_in_a_month());
        let longest = world.seen.windows(2).map(|times| times[1] - times[0]).max().unwrap();
        // The bucket may lose an attempt just after the jump instead of just before it.
        assert!(longest <= 2 * Bucket::DECAY, "{longest}");
    }
}

fn full() -> Throttle {
    let attempts = 0..Bucket::CAPACITY;
    attempts.fold(None, |before, _| Some(Throttle::with_wrong_attempt(before.as_ref(), start()))).unwrap()
}

#[test]
fn a_full_bucket_has_room_again_after_the_decay() {
    let full = full();
    let decide = |seconds| Throttle::decide(Some(&full), WRONG, "id", start().plus(seconds));
    assert_eq!(decide(Bucket::DECAY - 1), Decision::Withhold(None));
    assert!(matches!(decide(Bucket::DECAY), Decision::Refuse(_)));
}

#[test]
fn a_sign_in_code_works_once_for_15_minutes_and_five_wrong_codes() {
    let full = full();
    let now = start().plus(1);
    let Decision::WithholdAndSend(sent) = Throttle::decide(Some(&full), RIGHT, "id", now) else { panic!() };
    let entered = |sign_in_code| Attempt { sign_in_code, ..RIGHT };
    let decide = |throttle: &Throttle, sign_in_code, seconds| {
        Throttle::decide(Some(throttle), entered(sign_in_code), "next", now.plus(seconds))
    };
    assert_eq!(
        decide(&sent, EnteredCode::Missing, 299),
        Decision::Withhold(None),
        "one email in five minutes"
    );
    assert!(matches!(decide(&sent, EnteredCode::Missing, 300), Decision::WithholdAndSend(_)));
    let Decision::Start(Some(used)) = decide(&sent, EnteredCode::Right, 899) else { panic!() };
    assert_eq!(used.sign_in, None);
    assert!(Bucket::is_full(Some(used.bucket), now), "a success does not empty the bucket");
    assert!(matches!(decide(&sent, EnteredCode::Right, 900), Decision::WithholdAndSend(_)), "too late");

    let mut guessed = sent;
    for _ in 0..5 {
        let Decision::Withhold(Some(after)) = decide(&guessed, EnteredCode::Wrong, 60) else { panic!() };
        guessed = after;
    }
    assert_eq!(decide(&guessed, EnteredCode::Right, 61), Decision::Withhold(None));
    let wrong_password = Attempt { is_right: false, sign_in_code: EnteredCode::Wrong };
    assert_eq!(Throttle::decide(Some(&guessed), wrong_password, "id", now), Decision::Withhold(None));
}

#[test]
fn a_right_attempt_corrects_the_bucket_after_a_clock_fault() {
    let full = full();
    let now = start().plus(-DAY);
    let Decision::WithholdAndSend(sent) = Throttle::decide(Some(&full), RIGHT, "id", now) else { panic!() };
    let later = Throttle::decide(Some(&sent), WRONG, "id", now.plus(Bucket::DECAY));
    assert!(matches!(later, Decision::Refuse(_)), "{later:?}");
}
