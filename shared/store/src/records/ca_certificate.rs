//! The CA certificate of this deployment.

use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    expression::{equals, is_new},
    item::{from_item, text},
    key::{Key, RowKind},
    write::Write,
};

/// The row of the CA certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaRow {
    /// The certificate in PEM.
    pub certificate: String,
}

impl Store {
    /// Returns the CA certificate, or `None` if the deployment has no CA yet. Makes one strongly consistent read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Unreadable`].
    pub async fn ca_certificate(&self) -> Result<Option<CaRow>, StoreError> {
        self.row(&key()).await?.map(from_item).transpose()
    }

    /// Stores the CA certificate. A stored certificate is never replaced. A repeated call with the same certificate
    /// changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when another certificate is stored, or [`StoreError::Unavailable`].
    pub async fn record_ca_certificate(&self, row: &CaRow) -> Result<(), StoreError> {
        let same = equals("certificate", text(&row.certificate));
        self.transact(vec![Write::put(key(), row, is_new().or(same))?]).await
    }
}

fn key() -> Key {
    Key::only(RowKind::CaCertificate)
}
