//! The hold of certificate codes after a change of the email address.
//!
//! If an application names another email address than the certificate, its codes are held for a while. A notice with a
//! stop code goes to the registered mailbox immediately, so its owner can stop the application before a code is sent.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{MINUTE, Timestamp};

/// The setting that determines how long a certificate code for a changed email address is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressChangeHold {
    /// The code is held for this number of minutes, at most [`AddressChangeHold::LONGEST_MINUTES`].
    Minutes(u16),
    /// The code is held until an officer approves the change.
    Officer,
}

/// The error returned if the setting is neither a number of minutes nor `officer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the hold of a changed address must be 0 to {} whole minutes, or `officer`",
    AddressChangeHold::LONGEST_MINUTES
)]
pub struct AddressChangeHoldError;

impl AddressChangeHold {
    /// The longest hold in minutes: 72 hours.
    pub const LONGEST_MINUTES: u16 = 72 * 60;

    /// Returns the hold that begins at `now`.
    pub fn begun_at(self, now: Timestamp) -> AddressHold {
        match self {
            Self::Minutes(minutes) => {
                AddressHold { placed_at: now, until: Some(now.plus(i64::from(minutes) * MINUTE)) }
            }
            Self::Officer => AddressHold { placed_at: now, until: None },
        }
    }
}

impl Default for AddressChangeHold {
    /// Returns 45 minutes. The code still arrives within the promised hour.
    fn default() -> Self {
        Self::Minutes(45)
    }
}

impl FromStr for AddressChangeHold {
    type Err = AddressChangeHoldError;

    fn from_str(text: &str) -> Result<Self, AddressChangeHoldError> {
        if text == "officer" {
            return Ok(Self::Officer);
        }
        let minutes = text.parse().map_err(|_| AddressChangeHoldError)?;
        if minutes <= Self::LONGEST_MINUTES {
            Ok(Self::Minutes(minutes))
        } else {
            Err(AddressChangeHoldError)
        }
    }
}

/// The hold of the codes for the current email address of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressHold {
    /// The time at which the address was changed.
    pub placed_at: Timestamp,
    /// The earliest time at which a code may be sent, or `None` if an officer must approve the change.
    pub until: Option<Timestamp>,
}

impl AddressHold {
    /// Returns true if the hold has not ended at `now`.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// An officer's decision that codes may be sent, after a stop or during a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    pub at: Timestamp,
    /// The time at which the application was stopped, or `None` if the officer ended a hold.
    pub stopped_at: Option<Timestamp>,
    /// The number of the first code after the release, which is greater than the number of any earlier code.
    pub first_send_number: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_lasts_0_to_4320_minutes_or_until_an_officer_approves() {
        let now = Timestamp::try_from(1_795_305_600).unwrap();
        for (text, minutes) in [("0", 0), ("45", 45), ("4320", 4320)] {
            let hold = text.parse::<AddressChangeHold>().unwrap().begun_at(now);
            assert_eq!(hold.until, Some(now.plus(minutes * MINUTE)), "{text}");
            assert!(!hold.is_active(now.plus(minutes * MINUTE)));
            assert!(hold.is_active(now.plus(minutes * MINUTE - 1)));
        }
        let officer = "officer".parse::<AddressChangeHold>().unwrap().begun_at(now);
        assert!(officer.is_active(now.plus(365 * 24 * 60 * MINUTE)));
        for refused in ["4321", "-1", "1.5", "", "45m", "Officer"] {
            assert_eq!(refused.parse::<AddressChangeHold>(), Err(AddressChangeHoldError), "{refused}");
        }
        assert_eq!(AddressChangeHold::default(), AddressChangeHold::Minutes(45));
    }
}
