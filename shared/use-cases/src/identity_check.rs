//! Step 1: checks the three credentials, and returns the same refusal for every wrong combination.
//!
//! Every failed check makes two store calls, computes one password hash and returns the same refusal. A client
//! therefore cannot determine which credential is wrong (OWASP ASVS 5.0 §6.3.8).

use std::sync::Arc;

use crate::{
    passwords::Passwords,
    refusal::{Failure, InvalidField, Refusal},
    throttling::{MAX_TRIES, count_failure, refuse_while_waiting},
};
use domain::{
    application::FieldError,
    certificate_code::CertificateCode,
    contact::EmailAddress,
    enrollment::{LoginKey, ThrottleKey},
    fields::{Field, Rule},
    password::ApplicationPassword,
    session::{Session, SessionToken},
};
use ports::{Clock, Entropy};
use store::{LoginRecords, Store, StoreError, ThrottleKeys};

/// Checks the three credentials and starts a session.
pub struct IdentityCheck {
    pub store: Store,
    pub passwords: Passwords,
    pub clock: Arc<dyn Clock>,
    /// The source of randomness for session tokens.
    pub entropy: Arc<dyn Entropy>,
}

/// The three credentials, as sent by the client.
#[derive(Default)]
pub struct CredentialsInput {
    /// 電子メールアドレス
    pub email_address: Option<String>,
    /// 申請パスワード
    pub application_password: Option<String>,
    /// 証明書コード
    pub certificate_code: Option<String>,
}

struct Credentials {
    email_address: EmailAddress,
    password: ApplicationPassword,
    code: CertificateCode,
}

impl IdentityCheck {
    /// Starts a session if the three credentials match.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::InvalidFields`] if a credential is malformed, and [`Refusal::IdentityCheckFailed`] if the
    /// credentials do not match. Returns [`Refusal::TooManyAttempts`] during the back-off, and [`Failure::Store`] if
    /// the store fails.
    pub async fn authenticate(
        &self,
        input: &CredentialsInput,
        client_address: &str,
    ) -> Result<(SessionToken, Session), Failure> {
        let credentials = Credentials::parse(input)?;
        let login = LoginKey::new(&credentials.email_address, &credentials.code);
        let throttles = ThrottleKeys {
            account: ThrottleKey::account(&credentials.email_address),
            client: ThrottleKey::client(client_address),
        };
        for _ in 0..MAX_TRIES {
            let records = self.store.login_records(&login, &throttles).await?;
            refuse_while_waiting(records.throttles, self.clock.now())?;
            let outcome = match self.matching_enrollment(&credentials, &records).await? {
                Some(token) => self.start_session(token, &throttles.account, &records).await,
                None => count_failure(&self.store, &throttles, records.throttles, self.clock.now())
                    .await
                    .and(Err(Refusal::IdentityCheckFailed.into())),
            };
            match outcome {
                Err(Failure::Store(StoreError::Conflict(_))) => {}
                decided => return decided,
            }
        }
        Err(Refusal::TooManyAttempts(1).into())
    }

    async fn matching_enrollment(
        &self,
        credentials: &Credentials,
        records: &LoginRecords,
    ) -> Result<Option<SessionToken>, Failure> {
        let mut secret = [0; 32];
        self.entropy.fill(&mut secret)?;
        let stored = records.credential.as_ref();
        let matches =
            self.passwords.verify(&credentials.password, stored.map(|s| s.password_hash.as_str())).await?;
        Ok(stored
            .filter(|_| matches)
            .map(|credential| SessionToken::new(credential.enrollment.clone(), secret)))
    }

    async fn start_session(
        &self,
        token: SessionToken,
        account: &ThrottleKey,
        records: &LoginRecords,
    ) -> Result<(SessionToken, Session), Failure> {
        let session = Session::start(self.clock.now());
        self.store.start_session(&token, &session, account, records.throttles.account).await?;
        Ok((token, session))
    }
}

impl Credentials {
    fn parse(input: &CredentialsInput) -> Result<Self, Refusal> {
        let (email_address, password, code) = (
            read(Field::EmailAddress, &input.email_address),
            read(Field::ApplicationPassword, &input.application_password),
            read(Field::CertificateCode, &input.certificate_code),
        );
        match (email_address, password, code) {
            (Ok(email_address), Ok(password), Ok(code)) => Ok(Self { email_address, password, code }),
            (email_address, password, code) => {
                let errors = [email_address.err(), password.err(), code.err()];
                let invalid = errors.into_iter().flatten().map(InvalidField::field);
                Err(Refusal::InvalidFields(invalid.collect()))
            }
        }
    }
}

/// Parses `input` as the value of `field`. A missing input is parsed as an empty string.
pub(super) fn read<T: std::str::FromStr<Err = Rule>>(
    field: Field,
    input: &Option<String>,
) -> Result<T, FieldError> {
    input.as_deref().unwrap_or_default().parse().map_err(|rule| FieldError { field, rule })
}
