//! Checks the application password again before a change that redirects certificate codes to another mailbox.
//!
//! A wrong password is counted in the session, and the last permitted one ends the session
//! ([`domain::session::MAX_WRONG_PASSWORDS`]). A person who has only an open session can therefore guess a few
//! passwords, but cannot keep out the subscriber, who starts another session.

use crate::{
    identity_check::read,
    passwords::Passwords,
    refusal::{Failure, InvalidField, Refusal},
    session_context::SessionContext,
};
use domain::{
    Timestamp,
    application::FieldError,
    fields::{Field, Rule},
    password::ApplicationPassword,
    session::SessionToken,
};
use store::Store;

/// The application password in a request. The hash is computed at most once, even if a write conflict repeats the use
/// case.
pub(super) struct PasswordConfirmation<'a> {
    passwords: &'a Passwords,
    password: Result<ApplicationPassword, FieldError>,
    is_right: Option<bool>,
}

impl<'a> PasswordConfirmation<'a> {
    /// Parses the password that the client sent.
    pub(super) fn new(passwords: &'a Passwords, input: &Option<String>) -> Self {
        Self { passwords, password: read(Field::ApplicationPassword, input), is_right: None }
    }

    /// Returns the error of a malformed password.
    pub(super) fn error(&self) -> Option<InvalidField> {
        self.password.as_ref().err().copied().map(InvalidField::field)
    }

    /// Requires that the password is the one of the session's enrollment. Counts a wrong password in the session.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::InvalidFields`] if the password is malformed or wrong, and [`Refusal::SessionEnded`] if it
    /// was the last permitted attempt. Returns [`Failure::Store`] if the store fails. The failure is a conflict if
    /// another password was counted after the session was read.
    pub(super) async fn require(
        &mut self,
        store: &Store,
        token: &SessionToken,
        context: &SessionContext,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let password = match &self.password {
            Ok(password) => password,
            Err(error) => return Err(refused(*error)),
        };
        let is_right = match self.is_right {
            Some(is_right) => is_right,
            None => {
                let stored = context.records.credential.as_ref().map(|stored| stored.password_hash.as_str());
                self.passwords.verify(password, stored).await?
            }
        };
        self.is_right = Some(is_right);
        if is_right {
            return Ok(());
        }
        let after = context.session.clone().with_wrong_password();
        store.count_wrong_password(token, &context.session, &after).await?;
        match after.end(now) {
            None => Err(refused(FieldError { field: Field::ApplicationPassword, rule: Rule::WrongPassword })),
            Some(end) => Err(Refusal::SessionEnded(end).into()),
        }
    }
}

fn refused(error: FieldError) -> Failure {
    Refusal::InvalidFields(vec![InvalidField::field(error)]).into()
}
