//! Credential records. Each credential is stored in two rows. The first row maps an email address and a certificate
//! code to an enrollment. The second row is stored in the enrollment's partition.

use serde::{Deserialize, Serialize};

use super::{
    sign_ins::{self, StoredSignIns},
    throttle,
};
use crate::{
    Store, StoreError,
    expression::is_new,
    item::from_item,
    key::{Key, RowKind},
    write::Write,
};
use domain::{
    credential_keys::{LoginKey, ThrottleKey},
    enrollment::EnrollmentId,
    throttle::Throttle,
};

/// An enrollment and its password hash, found by email address and certificate code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The enrollment to which the credential gives access.
    pub enrollment: EnrollmentId,
    /// The application password hash in PHC string format.
    pub password_hash: String,
}

/// The records needed for an identity check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginRecords {
    /// The credential, or `None` if no enrollment has this email address and certificate code.
    pub credential: Option<Credential>,
    /// The state of earlier attempts with the same email address and certificate code.
    pub throttle: Option<Throttle>,
    /// The latest sign-ins with the credential.
    pub sign_ins: StoredSignIns,
}

impl Store {
    /// Returns the credential with this login key, or `None` if no such credential exists.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn credential(&self, login: &LoginKey) -> Result<Option<Credential>, StoreError> {
        self.row(&login_key(login)).await?.map(from_item).transpose()
    }

    /// Reads the credential, the throttle and the latest sign-ins. Makes a single call regardless of the input.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError::Unavailable`] if the DynamoDB call fails, or [`StoreError::Unreadable`] if a row cannot be
    /// parsed.
    pub async fn login_records(
        &self,
        login: &LoginKey,
        throttle: &ThrottleKey,
    ) -> Result<LoginRecords, StoreError> {
        let keys = [login_key(login), throttle::row_key(throttle), sign_ins::key(login)];
        let mut rows = self.rows(&keys).await?;
        Ok(LoginRecords {
            credential: rows.take(&login_key(login)).map(from_item).transpose()?,
            throttle: throttle::read(throttle, &mut rows)?,
            sign_ins: sign_ins::read(login, &mut rows)?,
        })
    }
}

pub(crate) fn key(enrollment: &EnrollmentId) -> Key {
    Key::in_enrollment(RowKind::Credential, enrollment)
}

/// Creates both rows of a credential.
pub(crate) fn create(login: &LoginKey, credential: &Credential) -> Result<[Write; 2], StoreError> {
    Ok([
        Write::put(key(&credential.enrollment), credential, is_new())?,
        Write::put(login_key(login), credential, is_new())?,
    ])
}

fn login_key(login: &LoginKey) -> Key {
    Key::alone(RowKind::Login, login.as_str())
}
