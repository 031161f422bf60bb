//! The system clock and the operating system's random number generator.

use ring::rand::{SecureRandom, SystemRandom};
use time::OffsetDateTime;

use domain::Timestamp;
use ports::{Clock, Entropy, PortError};

/// The system clock, which Lambda keeps synchronized.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        OffsetDateTime::now_utc().into()
    }
}

/// The operating system's random number generator (`getrandom`), accessed through ring.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), PortError> {
        let failed =
            |_| PortError { service: "entropy", message: "the random number generator failed".to_owned() };
        SystemRandom::new().fill(buffer).map_err(failed)
    }
}
