//! Rows for new certificate codes. Each row maps the hash of a code to the code's application.

use super::{
    application, certificate,
    credential::{self, Credential},
    throttle,
};
use crate::{
    Store, StoreError,
    expression::{equals, is_new, is_stored},
    item::{from_item, text},
    key::{Key, RowKind},
    write::Write,
};
use domain::{
    application::{AnyApplication, ApplicationId},
    certificate::Certificate,
    credential_keys::ThrottleKey,
    throttle::Throttle,
};

/// The records needed to check a certificate code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeRecords {
    /// The id of the code's application, or `None` if the code is unknown.
    pub application_id: Option<ApplicationId>,
    /// The state of earlier attempts with this code.
    pub throttle: Option<Throttle>,
}

/// An application and the other records needed for its pick-up.
#[derive(Clone, Debug)]
pub struct PickUpRecords {
    pub application_id: ApplicationId,
    /// The application password hash in PHC string format.
    pub password_hash: String,
    /// The certificate that the application replaces.
    pub certificate: Certificate,
    pub application: AnyApplication,
}

impl Store {
    /// Reads the row of a certificate code and its throttle. Makes a single call regardless of the input.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn code_records(
        &self,
        code_sha256: &str,
        throttle: &ThrottleKey,
    ) -> Result<CodeRecords, StoreError> {
        let code = key(code_sha256);
        let mut rows = self.rows(&[code.clone(), throttle::row_key(throttle)]).await?;
        Ok(CodeRecords {
            application_id: rows.take(&code).map(from_item).transpose()?,
            throttle: throttle::read(throttle, &mut rows)?,
        })
    }

    /// Reads an application with its certificate and password hash in a single call. Returns `None` if the application,
    /// its certificate or its credential does not exist.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn pick_up_records(&self, id: &ApplicationId) -> Result<Option<PickUpRecords>, StoreError> {
        let keys = [credential::key(&id.enrollment), certificate::key(id), application::key(id)];
        let mut rows = self.rows(&keys).await?;
        let [Some(credential), Some(certificate), Some(application)] = keys.map(|key| rows.take(&key)) else {
            return Ok(None);
        };
        Ok(Some(PickUpRecords {
            application_id: id.clone(),
            password_hash: from_item::<Credential>(credential)?.password_hash,
            certificate: from_item(certificate)?,
            application: application::read(application)?,
        }))
    }
}

/// Writes the row that maps the code to the application. Never replaces a row that belongs to another enrollment.
pub(crate) fn open(code_sha256: &str, target: &ApplicationId) -> Result<Write, StoreError> {
    let own = equals("enrollment", text(target.enrollment.to_string()));
    Write::put(key(code_sha256), target, is_new().or(own))
}

/// Deletes the row that maps the code to its application, which invalidates the code.
pub(crate) fn close(code_sha256: &str) -> Write {
    Write::delete(key(code_sha256), is_stored())
}

fn key(code_sha256: &str) -> Key {
    Key::alone(RowKind::Code, code_sha256)
}
