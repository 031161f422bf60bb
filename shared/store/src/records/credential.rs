//! Credentials. Each credential has two rows. The first row maps an email address and a certificate code to an
//! enrollment. The second row is in the partition of this enrollment.

use serde::{Deserialize, Serialize};

use super::throttle::{ThrottleKeys, Throttles};
use crate::{
    Store, StoreError,
    expression::is_new,
    item::from_item,
    key::{Key, RowKind},
    write::Write,
};
use domain::enrollment::{EnrollmentId, LoginKey};

/// The enrollment that an email address and a certificate code open, and its password hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The enrollment that the credential opens.
    pub enrollment: EnrollmentId,
    /// The application password's hash in PHC form.
    pub password_hash: String,
}

/// The rows that are read before an identity check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginRecords {
    /// The credential, if the email address and the certificate code match.
    pub credential: Option<Credential>,
    /// The failed attempts so far.
    pub throttles: Throttles,
}

impl Store {
    /// Returns the credential for `login`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Unreadable`].
    pub async fn credential(&self, login: &LoginKey) -> Result<Option<Credential>, StoreError> {
        self.row(&login_key(login)).await?.map(from_item).transpose()
    }

    /// Reads the credential and both throttles. Makes one call, which is the same for every input.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Unreadable`].
    pub async fn login_records(
        &self,
        login: &LoginKey,
        throttles: &ThrottleKeys,
    ) -> Result<LoginRecords, StoreError> {
        let (login, [account, client]) = (login_key(login), throttles.keys());
        let mut rows = self.rows(&[login.clone(), account, client]).await?;
        Ok(LoginRecords {
            credential: rows.take(&login).map(from_item).transpose()?,
            throttles: throttles.read(&mut rows)?,
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
