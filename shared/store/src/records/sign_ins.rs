//! The latest sign-ins with a credential. Every write is conditional on the version that was read.

use serde::{Deserialize, Serialize};

use crate::{
    StoreError,
    database::Rows,
    expression::{equals, is_new},
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

/// Removes the sign-ins from the rows of a read and returns them.
pub(super) fn read(login: &LoginKey, rows: &mut Rows) -> Result<Option<SignIns>, StoreError> {
    let row = rows.take(&key(login)).map(from_item::<SignInsRow>).transpose()?;
    Ok(row.map(|row| row.sign_ins))
}

pub(super) fn key(login: &LoginKey) -> Key {
    Key::alone(RowKind::SignIns, login.as_str())
}

/// Replaces the sign-ins with `after` if they have not changed since they were read.
pub(super) fn replace(
    login: &LoginKey,
    before: Option<&SignIns>,
    after: &SignIns,
    now: Timestamp,
) -> Result<Write, StoreError> {
    let row = SignInsRow { sign_ins: after.clone(), ttl: after.forgotten_at(now) };
    let is_unchanged = before.map_or_else(is_new, |before| equals("version", number(before.version)));
    Write::put(key(login), &row, is_unchanged)
}
