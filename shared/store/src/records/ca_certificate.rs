//! The CA certificate of this deployment.

use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    expression::{equals, is_new},
    item::{from_item, text},
    key::{Key, RowKind},
    write::Write,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaRow {
    /// The certificate in PEM format.
    pub certificate: String,
}

impl Store {
    /// Returns the CA certificate, or `None` if the deployment has no CA yet. The read is strongly consistent.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn ca_certificate(&self) -> Result<Option<CaRow>, StoreError> {
        self.row(&key()).await?.map(from_item).transpose()
    }

    /// Stores the CA certificate. Never replaces a stored certificate, but succeeds if the same certificate is already
    /// stored.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Conflict`] if a different certificate is stored, or [`StoreError::Unavailable`] if the
    /// DynamoDB call fails.
    pub async fn record_ca_certificate(&self, row: &CaRow) -> Result<(), StoreError> {
        let same = equals("certificate", text(&row.certificate));
        self.transact(vec![Write::put(key(), row, is_new().or(same))?]).await
    }
}

fn key() -> Key {
    Key::only(RowKind::CaCertificate)
}
