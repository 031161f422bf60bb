//! Step 1: the credentials, the throttles, the session.

use aws_sdk_dynamodb::types::{KeysAndAttributes, TransactWriteItem};
use serde::{Deserialize, Serialize};

use super::{
    Expression, Item, Store, StoreError, absent, from_item, items::Key, malformed, number, to_item,
    unavailable,
};
use crate::{
    domain::{
        Timestamp,
        enrollment::{EnrollmentId, LoginKey, ThrottleKey},
        session::{Session, SessionToken},
        throttle::Failures,
    },
    ports::PortError,
};

/// What one certificate code, with its e-mail address, opens, and with which password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The enrollment that is opened.
    pub enrollment: EnrollmentId,
    /// The application password's hash in PHC form.
    pub password_hash: String,
}

/// What is known before an identity check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginRecords {
    /// The credential, if e-mail address and code belong together.
    pub credential: Option<Credential>,
    /// The failures of the account.
    pub account: Option<Failures>,
    /// The failures of the client's address.
    pub client: Option<Failures>,
}

/// A throttle's change from what was read.
#[derive(Clone, Copy, Debug)]
pub struct ThrottleUpdate<'a> {
    /// Whose failures.
    pub key: &'a ThrottleKey,
    /// As they were read.
    pub before: Option<Failures>,
    /// As they become.
    pub after: Failures,
    /// When nothing of it is left to remember.
    pub forgotten_at: Timestamp,
}

impl Store {
    /// Reads the credential and both throttles: one call, the same for every input.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], [`StoreError::Unreadable`].
    pub async fn login_records(
        &self,
        login: &LoginKey,
        account: &ThrottleKey,
        client: &ThrottleKey,
    ) -> Result<LoginRecords, StoreError> {
        let keys = [Key::login(login), Key::throttle(account), Key::throttle(client)];
        let request = KeysAndAttributes::builder()
            .set_keys(Some(keys.iter().map(Key::to_item).collect()))
            .consistent_read(true)
            .build()
            .map_err(|error| malformed(&error))?;
        let answer = self
            .client
            .batch_get_item()
            .request_items(&self.tables.registry, request)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        if answer.unprocessed_keys().is_some_and(|unprocessed| !unprocessed.is_empty()) {
            let message = "keys were left unprocessed".to_owned();
            return Err(PortError { service: "dynamodb", message }.into());
        }
        let mut rows = answer.responses.unwrap_or_default().remove(&self.tables.registry).unwrap_or_default();
        let mut take = |key: &Key| -> Option<Item> {
            let found =
                rows.iter().position(|row| row.get("pk").and_then(|pk| pk.as_s().ok()) == Some(&key.pk))?;
            Some(rows.swap_remove(found))
        };
        let [login, account, client] = [take(&keys[0]), take(&keys[1]), take(&keys[2])];
        Ok(LoginRecords {
            credential: login.map(from_item).transpose()?,
            account: account.map(from_item).transpose()?,
            client: client.map(from_item).transpose()?,
        })
    }

    /// Counts a failed check, if the throttles are still as they were read.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when another attempt was counted in between, [`StoreError::Unavailable`].
    pub async fn count_failure(&self, updates: [ThrottleUpdate<'_>; 2]) -> Result<(), StoreError> {
        let writes = updates.iter().map(|update| self.throttle_write(update)).collect::<Result<_, _>>()?;
        self.transact(writes).await
    }

    fn throttle_write(&self, update: &ThrottleUpdate<'_>) -> Result<TransactWriteItem, StoreError> {
        let mut item = to_item(&Key::throttle(update.key), &update.after)?;
        item.insert(super::tables::TTL_ATTRIBUTE.to_owned(), number(update.forgotten_at));
        unchanged(update.before).into_put(&self.tables.registry, item)
    }

    /// Starts a session and forgets the account's failures, unless one was counted since they were read:
    /// then guesses run in parallel, and none of them may win.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`], [`StoreError::Unavailable`].
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
    pub(super) session_id: crate::domain::session::SessionId,
    pub(super) ttl: Timestamp,
    #[serde(flatten)]
    pub(super) session: Session,
}

fn unchanged(before: Option<Failures>) -> Expression {
    match before {
        None => absent(),
        Some(Failures { level, last_at }) => Expression::condition("#level = :level AND last_at = :last_at")
            .name("#level", "level")
            .value(":level", number(level))
            .value(":last_at", number(last_at)),
    }
}
