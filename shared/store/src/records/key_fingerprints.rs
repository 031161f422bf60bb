//! The fingerprints of the service's keys, by which a replaced key is noticed.

use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    expression::{equals, is_new},
    item::{from_item, text},
    key::{Key, RowKind},
    write::Write,
};

/// The fingerprints of the keys that the database's records depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFingerprints {
    /// The JWK thumbprint of the CA's public key (RFC 7638).
    pub ca: String,
    /// The JWK thumbprint of the statement key.
    pub statement: String,
    /// The JWK thumbprint of the OCSP responder's key.
    pub ocsp: String,
    /// A value that is derived from the code key, which has no public key.
    pub code: String,
}

impl Store {
    /// Returns the recorded fingerprints, or `None` if they have not been recorded yet.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if the row cannot
    /// be parsed.
    pub async fn key_fingerprints(&self) -> Result<Option<KeyFingerprints>, StoreError> {
        self.row(&key()).await?.map(from_item).transpose()
    }

    /// Records the fingerprints `new`. The CA key and the code key of recorded fingerprints can never change.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if the recorded CA key or code key differs, or [`StoreError::Unavailable`] if
    /// the DynamoDB call fails.
    pub async fn record_key_fingerprints(&self, new: &KeyFingerprints) -> Result<(), StoreError> {
        let same = equals("ca", text(&new.ca)).and(equals("code", text(&new.code)));
        self.transact(vec![Write::put(key(), new, is_new().or(same))?]).await
    }
}

fn key() -> Key {
    Key::only(RowKind::KeyFingerprints)
}
