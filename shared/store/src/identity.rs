//! Step 1: credentials, throttles and the session.

use serde::{Deserialize, Serialize};

use super::{
    Store, StoreError, ThrottleKeys, Throttles, absent, from_item, items::Key, throttles::unchanged, to_item,
};
use domain::{
    Timestamp,
    enrollment::{EnrollmentId, LoginKey, ThrottleKey},
    session::{Session, SessionToken},
    throttle::Failures,
};

/// The enrollment that an email address and a certificate code open, and its password.
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
    /// The credential, if email address and code belong together.
    pub credential: Option<Credential>,
    /// The failures so far.
    pub throttles: Throttles,
}

impl Store {
    /// Reads the credential and both throttles in one call, which is the same for every input.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn login_records(
        &self,
        login: &LoginKey,
        throttles: &ThrottleKeys,
    ) -> Result<LoginRecords, StoreError> {
        let keys = [Key::login(login), Key::throttle(&throttles.account), Key::throttle(&throttles.client)];
        let [login, account, client] = self.rows(keys).await?;
        Ok(LoginRecords {
            credential: login.map(from_item).transpose()?,
            throttles: Throttles {
                account: account.map(from_item).transpose()?,
                client: client.map(from_item).transpose()?,
            },
        })
    }

    /// Starts a session and deletes the account's failures, unless a failure was counted since they were read. In that
    /// case guesses run in parallel, and none of them may succeed.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when a failure was counted in the meantime, [`StoreError::Unavailable`].
    pub async fn start_session(
        &self,
        token: &SessionToken,
        session: &Session,
        account: &ThrottleKey,
        failures: Option<Failures>,
    ) -> Result<(), StoreError> {
        let row =
            SessionRow { session_id: token.id(), ttl: session.absolute_until, session: session.clone() };
        let key = Key::session(token.enrollment(), &token.id());
        let throttle = Key::throttle(account).to_item();
        let table = &self.tables.registry;
        self.transact(vec![
            absent().into_put(table, to_item(&key, &row)?)?,
            match failures {
                None => absent().into_check(table, throttle)?,
                Some(_) => unchanged(failures).into_delete(table, throttle)?,
            },
        ])
        .await
    }
}

/// The row of a session.
#[derive(Serialize, Deserialize)]
pub(super) struct SessionRow {
    pub(super) session_id: domain::session::SessionId,
    pub(super) ttl: Timestamp,
    #[serde(flatten)]
    pub(super) session: Session,
}
