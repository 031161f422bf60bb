//! The CA certificate of this deployment.

use serde::{Deserialize, Serialize};

use super::{Expression, Store, StoreError, from_item, items::Key, text, to_item};

/// The row of the CA certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaRow {
    /// The certificate in PEM.
    pub certificate: String,
}

impl Store {
    /// Returns the CA certificate, or `None` if the deployment has none yet. Makes one strongly consistent read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn ca_certificate(&self) -> Result<Option<CaRow>, StoreError> {
        self.row(&Key::ca_certificate()).await?.map(from_item).transpose()
    }

    /// Stores the CA certificate. A stored certificate is never replaced. Storing the same one again changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when another certificate is stored, [`StoreError::Unavailable`].
    pub async fn record_ca_certificate(&self, row: &CaRow) -> Result<(), StoreError> {
        let condition = Expression::condition("attribute_not_exists(pk) OR certificate = :certificate")
            .value(":certificate", text(&row.certificate));
        let item = to_item(&Key::ca_certificate(), row)?;
        self.transact(vec![condition.into_put(&self.tables.registry, item)?]).await
    }
}
