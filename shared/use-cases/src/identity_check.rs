//! Step 1: checks the three credentials, and returns the same refusal for every wrong combination.
//!
//! Every check that starts no session makes two store calls and computes one password hash, even if a credential is
//! unknown or the result is withheld. A client therefore cannot determine which credential is wrong (OWASP ASVS 5.0
//! §6.3.8). A conflict with a concurrent check repeats the store calls but not the hash. After many wrong attempts with
//! an email address and a certificate code, the result is withheld, and the service emails a sign-in code to the
//! registered mailbox ([`domain::throttle`]).

use std::sync::Arc;

use crate::{
    effects,
    passwords::Passwords,
    refusal::{Failure, InvalidField, Refusal},
    throttling::MAX_TRIES,
};
use domain::{
    Timestamp,
    application::FieldError,
    certificate_code::CertificateCode,
    contact::EmailAddress,
    credential_keys::{CredentialKeys, LoginKey, ThrottleKey},
    enrollment::EnrollmentId,
    fields::{Field, Language, Rule},
    password::ApplicationPassword,
    session::{Session, SessionEnd, SessionId, SessionToken},
    sign_in_code::SignInCode,
    sign_ins::SignIns,
    throttle::{Attempt, Decision, EnteredCode, SignInRequest, Throttle},
};
use ports::{Clock, Entropy};
use store::{
    AttemptChanges, Credential, Effect, LoginRecords, OutboxRow, SessionStart, Store, StoreError,
    StoredSignIns,
};
use telemetry::{Place, metrics, unreadable};

/// Checks the three credentials and starts a session.
pub struct IdentityCheck {
    pub store: Store,
    pub passwords: Passwords,
    pub keys: CredentialKeys,
    pub clock: Arc<dyn Clock>,
    /// The source of randomness for session tokens and outbox ids.
    pub entropy: Arc<dyn Entropy>,
}

/// The three credentials and the optional sign-in code, as sent by the client.
#[derive(Default)]
pub struct CredentialsInput {
    /// 電子メールアドレス
    pub email_address: Option<String>,
    /// 申請パスワード
    pub application_password: Option<String>,
    /// 証明書コード
    pub certificate_code: Option<String>,
    /// 確認コード
    pub sign_in_code: Option<String>,
}

struct Credentials {
    email_address: EmailAddress,
    password: ApplicationPassword,
    code: CertificateCode,
    sign_in_code: Option<SignInCode>,
}

/// An attempt whose password was checked.
struct Checked<'a> {
    key: ThrottleKey,
    login: LoginKey,
    /// The enrollment to which the credentials give access, or `None` if a credential is wrong.
    enrollment: Option<EnrollmentId>,
    sign_in_code: Option<&'a SignInCode>,
    /// The language of the email with the sign-in code.
    language: Language,
    /// The secret of the session, if a session starts.
    session_secret: [u8; 32],
    /// The previous session of the browser.
    previous: Option<SessionId>,
}

impl IdentityCheck {
    /// Starts a session if the three credentials match. Then ends `previous`, the session of the same browser.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::InvalidFields`] if a credential is malformed, and [`Refusal::IdentityCheckFailed`] if the
    /// credentials do not match. Returns [`Refusal::ConfirmationByEmail`] if the result is withheld, and
    /// [`Refusal::TooManySignIns`] if the credentials match but have started too many sessions. Returns
    /// [`Failure::Store`] if the store fails or concurrent attempts keep changing the records.
    pub async fn authenticate(
        &self,
        input: &CredentialsInput,
        language: Language,
        previous: Option<&SessionToken>,
    ) -> Result<(SessionToken, Session), Failure> {
        let started = self.check(input, language, previous).await?;
        if let Some(previous) = previous {
            self.store.end_session(previous, SessionEnd::Replaced).await?;
        }
        Ok(started)
    }

    async fn check(
        &self,
        input: &CredentialsInput,
        language: Language,
        previous: Option<&SessionToken>,
    ) -> Result<(SessionToken, Session), Failure> {
        let credentials = Credentials::parse(input)?;
        let login = self.keys.login(&credentials.email_address, &credentials.code);
        let key = self.keys.pair_throttle(&credentials.email_address, &credentials.code);
        let mut records = self.store.login_records(&login, &key).await?;
        let mut session_secret = [0; 32];
        self.entropy.fill(&mut session_secret)?;
        let checked = Checked {
            enrollment: self.matching_enrollment(&credentials, records.credential.as_ref()).await?,
            key,
            login,
            sign_in_code: credentials.sign_in_code.as_ref(),
            language,
            session_secret,
            previous: previous.map(SessionToken::id),
        };
        for _ in 1..MAX_TRIES {
            match self.decide(&checked, &records).await {
                Err(Failure::Store(StoreError::Conflict(_))) => {}
                decided => return decided,
            }
            records = self.store.login_records(&checked.login, &checked.key).await?;
        }
        self.decide(&checked, &records).await
    }

    async fn matching_enrollment(
        &self,
        credentials: &Credentials,
        stored: Option<&Credential>,
    ) -> Result<Option<EnrollmentId>, Failure> {
        let hash = stored.map(|stored| stored.password_hash.as_str());
        let matches = self.passwords.verify(&credentials.password, hash).await?;
        Ok(stored.filter(|_| matches).map(|stored| stored.enrollment.clone()))
    }

    /// Decides the outcome of the attempt for the records that were read, and writes the changes. Fails with a conflict
    /// if the records have changed since they were read.
    async fn decide(
        &self,
        checked: &Checked<'_>,
        records: &LoginRecords,
    ) -> Result<(SessionToken, Session), Failure> {
        let now = self.clock.now();
        let read = records.throttle.as_ref();
        let email = self.email(checked, now)?;
        let attempt = Attempt {
            is_right: checked.enrollment.is_some(),
            sign_in_code: self.entered_code(checked, read),
        };
        let changes = AttemptChanges {
            key: &checked.key,
            before: read,
            after: None,
            session: None,
            email: None,
            unused: &email.id,
        };
        match Throttle::decide(read, attempt, &email.id, now) {
            Decision::Start(after) => {
                let enrollment = checked.enrollment.clone().ok_or(Refusal::IdentityCheckFailed)?;
                let token = SessionToken::new(enrollment, checked.session_secret);
                let session = Session::start(now);
                if let StoredSignIns::Unreadable(key) = &records.sign_ins {
                    unreadable(Place::Row, key);
                }
                let before = records.sign_ins.readable();
                let recorded = SignIns::record(before, token.id(), checked.previous.as_ref(), now)
                    .map_err(Refusal::TooManySignIns)?;
                let start = SessionStart {
                    token: &token,
                    session: &session,
                    login: &checked.login,
                    before: &records.sign_ins,
                    recorded: &recorded,
                };
                let changes = AttemptChanges { after: after.as_ref(), session: Some(start), ..changes };
                self.store.record_attempt(changes).await?;
                Ok((token, session))
            }
            Decision::Refuse(after) => {
                self.store.record_attempt(AttemptChanges { after: Some(&after), ..changes }).await?;
                Err(Refusal::IdentityCheckFailed.into())
            }
            Decision::Withhold(after) => {
                self.store.record_attempt(AttemptChanges { after: after.as_ref(), ..changes }).await?;
                Err(withheld())
            }
            Decision::WithholdAndSend(after) => {
                let changes = AttemptChanges { after: Some(&after), email: Some(&email), ..changes };
                self.store.record_attempt(changes).await?;
                Err(withheld())
            }
        }
    }

    /// Returns the outbox row for the email with a sign-in code, which is used only if the email is sent.
    fn email(&self, checked: &Checked<'_>, now: Timestamp) -> Result<OutboxRow, Failure> {
        let effect = Effect::SignInCode {
            enrollment: checked.enrollment.clone().unwrap_or_else(|| EnrollmentId::from_random([0; 16])),
            language: checked.language,
            expires_at: now.plus(SignInRequest::LIFETIME),
        };
        Ok(effects::at_once(self.entropy.as_ref(), effect, now)?)
    }

    fn entered_code(&self, checked: &Checked<'_>, read: Option<&Throttle>) -> EnteredCode {
        let Some(entered) = checked.sign_in_code else { return EnteredCode::Missing };
        let latest = read.and_then(|throttle| throttle.sign_in.as_ref());
        match latest.is_some_and(|latest| self.keys.sign_in_code(&latest.outbox_id) == *entered) {
            true => EnteredCode::Right,
            false => EnteredCode::Wrong,
        }
    }
}

fn withheld() -> Failure {
    metrics::IDENTITY_CHECKS_THROTTLED.record(1, []);
    Refusal::ConfirmationByEmail.into()
}

impl Credentials {
    fn parse(input: &CredentialsInput) -> Result<Self, Refusal> {
        let (email_address, password, code, sign_in_code) = (
            read(Field::EmailAddress, &input.email_address),
            read(Field::ApplicationPassword, &input.application_password),
            read(Field::CertificateCode, &input.certificate_code),
            read_optional(Field::SignInCode, &input.sign_in_code),
        );
        match (email_address, password, code, sign_in_code) {
            (Ok(email_address), Ok(password), Ok(code), Ok(sign_in_code)) => {
                Ok(Self { email_address, password, code, sign_in_code })
            }
            (email_address, password, code, sign_in_code) => {
                let errors = [email_address.err(), password.err(), code.err(), sign_in_code.err()];
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

/// Parses `input` as the value of `field`. Returns `None` for a missing or empty input.
fn read_optional<T: std::str::FromStr<Err = Rule>>(
    field: Field,
    input: &Option<String>,
) -> Result<Option<T>, FieldError> {
    match read(field, input) {
        Ok(value) => Ok(Some(value)),
        Err(FieldError { rule: Rule::Required, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
