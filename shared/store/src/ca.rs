//! The certificate of the CA that this deployment runs for.

use serde::{Deserialize, Serialize};

use super::{Expression, Store, StoreError, from_item, items::Key, text, to_item};

/// The row of the CA's certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaRow {
    /// The certificate in PEM.
    pub certificate: String,
}

impl Store {
    /// The CA's certificate, unless the deployment has none yet: one strongly consistent read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn ca_certificate(&self) -> Result<Option<CaRow>, StoreError> {
        self.row(&Key::ca_certificate()).await?.map(from_item).transpose()
    }

    /// Puts the CA's certificate on record. It is never replaced; the same one again changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when another one is on record, [`StoreError::Unavailable`].
    pub async fn record_ca_certificate(&self, row: &CaRow) -> Result<(), StoreError> {
        let condition = Expression::condition("attribute_not_exists(pk) OR certificate = :certificate")
            .value(":certificate", text(&row.certificate));
        let item = to_item(&Key::ca_certificate(), row)?;
        self.transact(vec![condition.into_put(&self.tables.registry, item)?]).await
    }
}
