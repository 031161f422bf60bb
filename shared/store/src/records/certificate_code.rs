//! The rows of new certificate codes. Each row maps the hash of a code to the application that the code opens.

use super::{
    application, certificate,
    credential::{self, Credential},
    throttle::{ThrottleKeys, Throttles},
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
};

/// The rows that are read before a certificate code is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeRecords {
    /// The id of the application that the code belongs to.
    pub application_id: Option<ApplicationId>,
    /// The failed attempts so far.
    pub throttles: Throttles,
}

/// The application that a certificate code opens.
#[derive(Clone, Debug)]
pub struct PickUpRecords {
    /// The id of the application.
    pub application_id: ApplicationId,
    /// The application password's hash in PHC form.
    pub password_hash: String,
    /// The certificate to replace.
    pub certificate: Certificate,
    /// The application.
    pub application: AnyApplication,
}

impl Store {
    /// Reads the row of a code and both throttles. Makes one call, which is the same for every input.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Unreadable`].
    pub async fn code_records(
        &self,
        code_sha256: &str,
        throttles: &ThrottleKeys,
    ) -> Result<CodeRecords, StoreError> {
        let (code, [account, client]) = (key(code_sha256), throttles.keys());
        let mut rows = self.rows(&[code.clone(), account, client]).await?;
        Ok(CodeRecords {
            application_id: rows.take(&code).map(from_item).transpose()?,
            throttles: throttles.read(&mut rows)?,
        })
    }

    /// Reads the application with its certificate and password hash. Makes one call, even if the rows do not exist.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Unreadable`].
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

/// Writes the row that maps the code to the application. A row that belongs to another enrollment is never replaced.
pub(crate) fn open(code_sha256: &str, target: &ApplicationId) -> Result<Write, StoreError> {
    let own = equals("enrollment", text(target.enrollment.to_string()));
    Write::put(key(code_sha256), target, is_new().or(own))
}

/// Deletes the row that maps the code to its application. The code then no longer gives access to the application.
pub(crate) fn close(code_sha256: &str) -> Write {
    Write::delete(key(code_sha256), is_stored())
}

fn key(code_sha256: &str) -> Key {
    Key::alone(RowKind::Code, code_sha256)
}
