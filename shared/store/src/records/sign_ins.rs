//! The latest sign-ins with a credential. Every write is conditional on the version that was read.

use serde::{Deserialize, Serialize};

use crate::{
    StoreError,
    database::Rows,
    expression::{equals, is_new, is_stored},
    item::{from_item, number},
    key::{Key, RowKind},
    write::Write,
};
use domain::{Timestamp, credential_keys::LoginKey, sign_ins::SignIns};

#[derive(Serialize, Deserialize)]
struct SignInsRow {
    #[serde(flatten)]
    sign_ins: SignIns,
    ttl: Timestamp,
}

/// The sign-ins that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StoredSignIns {
    #[default]
    None,
    Readable(SignIns),
    /// The row with this key cannot be read. The next sign-in replaces it, because the sign-ins only limit sessions.
    Unreadable(String),
}

impl StoredSignIns {
    /// Returns the sign-ins, or `None` if there are none or the row cannot be read.
    pub fn readable(&self) -> Option<&SignIns> {
        match self {
            Self::Readable(sign_ins) => Some(sign_ins),
            Self::None | Self::Unreadable(_) => None,
        }
    }
}

/// Removes the sign-ins from the rows of a read and returns them.
pub(super) fn read(login: &LoginKey, rows: &mut Rows) -> Result<StoredSignIns, StoreError> {
    match rows.take(&key(login)).map(from_item::<SignInsRow>).transpose() {
        Ok(row) => Ok(row.map_or(StoredSignIns::None, |row| StoredSignIns::Readable(row.sign_ins))),
        Err(StoreError::Unreadable(key)) => Ok(StoredSignIns::Unreadable(key)),
        Err(error) => Err(error),
    }
}

pub(super) fn key(login: &LoginKey) -> Key {
    Key::alone(RowKind::SignIns, login.as_str())
}

/// Replaces the sign-ins with `after` if they have not changed since they were read.
pub(super) fn replace(
    login: &LoginKey,
    before: &StoredSignIns,
    after: &SignIns,
    now: Timestamp,
) -> Result<Write, StoreError> {
    let row = SignInsRow { sign_ins: after.clone(), ttl: after.forgotten_at(now) };
    let is_unchanged = match before {
        StoredSignIns::None => is_new(),
        StoredSignIns::Readable(before) => equals("version", number(before.version)),
        StoredSignIns::Unreadable(_) => is_stored(),
    };
    Write::put(key(login), &row, is_unchanged)
}
