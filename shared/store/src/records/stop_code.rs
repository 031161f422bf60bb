//! Rows for stop codes. Each row maps the hash of a code to the application that the code stops.

use crate::{
    Store, StoreError,
    expression::{equals, is_new},
    item::{from_item, text},
    key::{Key, RowKind},
    write::Write,
};
use domain::application::ApplicationId;

impl Store {
    /// Returns the id of the application that the code with this hash stops, or `None` if the code is unknown.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if the row cannot
    /// be parsed.
    pub async fn stop_target(&self, code_sha256: &str) -> Result<Option<ApplicationId>, StoreError> {
        self.row(&key(code_sha256)).await?.map(from_item).transpose()
    }

    /// Records a stop code before it is emailed. Repeated calls change nothing.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails.
    pub async fn record_stop_code(
        &self,
        code_sha256: &str,
        target: &ApplicationId,
    ) -> Result<(), StoreError> {
        let own = equals("enrollment", text(target.enrollment.to_string()));
        self.write(Write::put(key(code_sha256), target, is_new().or(own))?).await.map(drop)
    }
}

fn key(code_sha256: &str) -> Key {
    Key::alone(RowKind::StopCode, code_sha256)
}
