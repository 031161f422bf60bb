use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use local_stack::{CallCounter, DemoAccount, Dispatcher, Stack, StackError, StackOptions, default_site};
use serde_json::Value;
use shared::{
    adapters::system::{SystemClock, SystemEntropy},
    domain::{
        MINUTE, Timestamp, application::AddressChangeHold, ocsp::NoncePolicy, revocation::RevocationTiming,
    },
    mail::ServiceName,
    pki::EndEntityCertificate,
    ports::Clock,
    use_cases::register_certificates::Report,
};
use tempfile::TempDir;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    Client, TlsClient,
    deployed::Deployed,
    faults::{self, Fault, Faults},
    log::keep_call_sites_on,
    raw_database::RawDatabase,
};

/// 2026-11-22T00:00:00Z, the start time of every stack.
pub(crate) const START: i64 = 1_795_305_600;

/// A clock that advances only when a test moves it.
pub(crate) struct MovedClock(AtomicI64);

impl MovedClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START)))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp::try_from(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// A stack that does not handle requests yet, so that a test can import records first.
pub(crate) struct Prepared {
    stack: Stack,
    clock: Arc<MovedClock>,
    faults: Arc<Faults>,
    tls: Option<TlsClient>,
    folder: TempDir,
}

/// The settings of an embedded stack.
struct Settings {
    timing: RevocationTiming,
    ocsp_nonces: NoncePolicy,
    hold: AddressChangeHold,
}

impl Default for Settings {
    /// Returns the settings of the deployment test, which does not hold codes.
    fn default() -> Self {
        Self {
            timing: RevocationTiming::default(),
            ocsp_nonces: NoncePolicy::default(),
            hold: AddressChangeHold::Minutes(0),
        }
    }
}

impl Prepared {
    /// Prepares a stack in a new folder.
    pub(crate) async fn new(timing: RevocationTiming) -> Self {
        let settings = Settings { timing, ..Settings::default() };
        Self::in_folder(tempfile::tempdir().unwrap(), settings, false).await
    }

    /// Prepares a stack that does not issue certificates for the compromised keys in `list`.
    pub(crate) async fn with_compromised_keys(list: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("compromised-keys"), list).unwrap();
        Self::in_folder(folder, Settings::default(), false).await
    }

    /// Prepares a stack that holds codes for changed email addresses.
    pub(crate) async fn with_hold(hold: AddressChangeHold) -> Self {
        let settings = Settings { hold, ..Settings::default() };
        Self::in_folder(tempfile::tempdir().unwrap(), settings, false).await
    }

    /// Prepares a stack that serves HTTPS.
    pub(crate) async fn with_https() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), Settings::default(), true).await
    }

    /// Prepares a stack with this setting for nonces in OCSP requests.
    pub(crate) async fn with_ocsp_nonces(ocsp_nonces: NoncePolicy) -> Self {
        let settings = Settings { ocsp_nonces, ..Settings::default() };
        Self::in_folder(tempfile::tempdir().unwrap(), settings, false).await
    }

    async fn in_folder(folder: TempDir, settings: Settings, https: bool) -> Self {
        let Settings { timing, ocsp_nonces, hold } = settings;
        keep_call_sites_on();
        let clock = MovedClock::new();
        let (faults, around_ports) = faults::new();
        let options = StackOptions {
            https,
            timing,
            ocsp_nonces,
            hold,
            around_ports,
            ..options(folder.path(), Arc::clone(&clock) as Arc<dyn Clock>)
        };
        let stack = Stack::start(options).await.unwrap();
        let ca_certificate = std::fs::read(folder.path().join("ca.pem")).unwrap();
        let tls = https.then(|| TlsClient::new(&ca_certificate, clock.now()));
        Self { stack, clock, faults, tls, folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn import(&self, text: &str) -> Report {
        self.stack.import(text).await.unwrap()
    }

    /// Starts the stack.
    pub(crate) fn run(self) -> TestStack {
        let Self { stack, clock, faults, tls, folder } = self;
        let (accounts, port) = (stack.accounts().to_vec(), stack.address().port());
        let database_calls = stack.database_calls().clone();
        let (server, dispatcher) = stack.split();
        tokio::spawn(server.run());
        let path = folder.path().to_owned();
        let embedded = Embedded {
            clock: Arc::clone(&clock),
            port,
            tls,
            dispatcher: Arc::clone(&dispatcher),
            _folder: folder,
        };
        let any = AnyStack { accounts, started: clock.now(), target: Target::Embedded(embedded) };
        TestStack { clock, faults, database_calls, port, folder: path, dispatcher, any }
    }
}

/// Starts a stack in this data folder, `seconds` after [`START`]. The stack does not handle requests yet.
pub(crate) async fn start_stack_in(data_dir: &Path, seconds: i64) -> Result<Stack, StackError> {
    keep_call_sites_on();
    let clock = MovedClock::new();
    clock.advance(seconds);
    Stack::start(options(data_dir, clock)).await
}

fn options(data_dir: &Path, clock: Arc<dyn Clock>) -> StackOptions {
    let Settings { timing, ocsp_nonces, hold } = Settings::default();
    StackOptions {
        port: 0,
        https: false,
        data_dir: data_dir.to_owned(),
        site: default_site(),
        timing,
        ocsp_nonces,
        hold,
        clock,
        entropy: Arc::new(SystemEntropy),
        around_ports: std::convert::identity,
    }
}

/// A running stack in a new folder. Effects are processed only when [`AnyStack::settle`] is called.
pub(crate) struct TestStack {
    pub(crate) clock: Arc<MovedClock>,
    /// The planned faults.
    pub(crate) faults: Arc<Faults>,
    pub(crate) database_calls: CallCounter,
    port: u16,
    folder: PathBuf,
    dispatcher: Arc<Dispatcher>,
    any: AnyStack,
}

impl TestStack {
    pub(crate) async fn start() -> Self {
        Self::start_with(RevocationTiming::Submission).await
    }

    pub(crate) async fn start_with(timing: RevocationTiming) -> Self {
        Prepared::new(timing).await.run()
    }

    /// Passes these messages to send-certificate-code. Returns true if every email was sent.
    pub(crate) async fn pass_mail_messages(&self, bodies: &[String]) -> bool {
        self.dispatcher.pass_mail_messages(bodies).await
    }

    /// Passes these messages to publish-crl. Returns true if every CRL was published.
    pub(crate) async fn pass_crl_messages(&self, bodies: &[String]) -> bool {
        self.dispatcher.pass_crl_messages(bodies).await
    }

    /// Opens a second connection to the stack's database.
    pub(crate) async fn database(&self) -> RawDatabase {
        RawDatabase::open(&self.folder.join("dynamodb.sqlite")).await
    }

    /// Starts a stack that holds codes for changed email addresses.
    pub(crate) async fn start_with_hold(hold: AddressChangeHold) -> Self {
        Prepared::with_hold(hold).await.run()
    }

    /// Returns the folder that contains all data.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs watch-service, as a deployment does on schedule.
    pub(crate) async fn watch_service(&self) {
        self.dispatcher.watch_service().await;
    }

    /// Returns the port of the stack.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Returns the URL of a path, over plain HTTP.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Reports the delivery of all sent emails, as the email service does.
    pub(crate) async fn deliver(&self) {
        self.dispatcher.report_deliveries().await;
    }

    /// Delivers a message to record-delivery for each entry in `bodies`, and returns the positions of the failed
    /// messages.
    pub(crate) async fn record_deliveries(&self, bodies: &[String]) -> Vec<usize> {
        let answer = self.dispatcher.record_deliveries(bodies.to_vec()).await.unwrap();
        let failed = answer.batch_item_failures.iter();
        failed.map(|failed| failed.item_identifier.parse().unwrap()).collect()
    }
}

impl Deref for TestStack {
    type Target = AnyStack;

    fn deref(&self) -> &AnyStack {
        &self.any
    }
}

/// An embedded or deployed stack with separate demonstration data for one test. The tests in
/// [journeys](crate::journeys) use this type.
pub(crate) struct AnyStack {
    accounts: Vec<DemoAccount>,
    started: Timestamp,
    target: Target,
}

enum Target {
    Embedded(Embedded),
    Deployed(Arc<Deployed>),
}

struct Embedded {
    clock: Arc<MovedClock>,
    port: u16,
    /// The TLS client, if the stack serves HTTPS.
    tls: Option<TlsClient>,
    dispatcher: Arc<Dispatcher>,
    _folder: TempDir,
}

impl AnyStack {
    /// Returns the deployed stack if the environment describes one ([`Deployed::from_env`]), or starts an embedded
    /// stack.
    pub(crate) async fn start() -> Self {
        match Self::deployed().await {
            Some(deployed) => deployed,
            None => TestStack::start().await.any,
        }
    }

    /// Returns a stack that cannot sign statements. On a deployed stack, signing must have been disabled before the
    /// test.
    pub(crate) async fn without_statements() -> Self {
        if let Some(deployed) = Self::deployed().await {
            return deployed;
        }
        let embedded = TestStack::start().await;
        embedded.faults.statement_signer.always(Fault::Fails);
        embedded.any
    }

    async fn deployed() -> Option<Self> {
        let (deployed, accounts) = Deployed::from_env().await?;
        Some(Self { accounts, started: SystemClock.now(), target: Target::Deployed(deployed) })
    }

    /// Returns the demonstration account with this mailbox.
    pub(crate) fn account(&self, mailbox: &str) -> &DemoAccount {
        let is_theirs = |account: &&DemoAccount| account.email_address.split('@').next() == Some(mailbox);
        self.accounts.iter().find(is_theirs).unwrap()
    }

    /// Returns the coupon number of the first certificate of `mailbox`.
    pub(crate) fn coupon(&self, mailbox: &str) -> &str {
        &self.account(mailbox).coupon_numbers[0]
    }

    /// Returns the email address of `mailbox` at the demonstration's domain.
    pub(crate) fn address(&self, mailbox: &str) -> String {
        let (_, domain) = self.accounts[0].email_address.split_once('@').unwrap();
        format!("{mailbox}@{domain}")
    }

    /// Returns the demonstration certificate with this coupon number, in PEM format.
    pub(crate) fn certificate(&self, coupon_number: &str) -> &str {
        let certificates =
            self.accounts.iter().flat_map(|account| account.coupon_numbers.iter().zip(&account.certificates));
        let (_, certificate) = certificates.into_iter().find(|(number, _)| *number == coupon_number).unwrap();
        certificate
    }

    /// Returns the serial number of the certificate with this coupon number, in hexadecimal.
    pub(crate) fn serial_number(&self, coupon_number: &str) -> String {
        let certificate = EndEntityCertificate::parse(self.certificate(coupon_number).as_bytes());
        certificate.unwrap().serial_number().to_string()
    }

    /// Returns the stack's current time.
    pub(crate) fn now(&self) -> Timestamp {
        match &self.target {
            Target::Embedded(embedded) => embedded.clock.now(),
            Target::Deployed(_) => SystemClock.now(),
        }
    }

    /// Asserts that this time is between the start of the test and now, and returns the time. On an embedded stack
    /// whose clock has not moved, only one time is accepted.
    #[track_caller]
    pub(crate) fn recent(&self, time: &Value) -> Timestamp {
        let time = timestamp(time);
        assert!(self.started <= time && time <= self.now(), "{time:?} is not since {:?}", self.started);
        time
    }

    /// Asserts that a certificate with this notBefore time was issued during the test. The validity begins five minutes
    /// before the issuance, but not before the validity of the CA.
    pub(crate) fn recently_issued(&self, not_before: &Value) {
        let time = timestamp(not_before);
        let is_recent = self.started.plus(-5 * MINUTE) <= time && time <= self.now();
        assert!(is_recent, "{time:?} is not since five minutes before {:?}", self.started);
    }

    /// Returns the service name that is used in emails.
    pub(crate) fn service_name(&self) -> ServiceName {
        match &self.target {
            Target::Embedded(_) => local_stack::service_name(),
            Target::Deployed(deployed) => ServiceName {
                ja: deployed.setting("SERVICE_NAME").to_owned(),
                en: deployed.setting("SERVICE_NAME_EN").to_owned(),
            },
        }
    }

    pub(crate) fn client(&self) -> Client {
        match &self.target {
            Target::Embedded(Embedded { port, tls: Some(tls), .. }) => Client::over_tls(*port, tls.clone()),
            Target::Embedded(embedded) => Client::new(embedded.port),
            Target::Deployed(deployed) => Client::of(deployed),
        }
    }

    /// Renews the OCSP responder's certificate, as a deployment does on schedule.
    pub(crate) async fn renew_ocsp_responder(&self) {
        match &self.target {
            Target::Embedded(embedded) => embedded.dispatcher.renew_ocsp_responder().await,
            Target::Deployed(deployed) => deployed.renew_ocsp_responder().await,
        }
    }

    /// Processes all pending effects of accepted requests once. On a deployed stack, waits until the effects have been
    /// processed.
    pub(crate) async fn settle(&self) {
        match &self.target {
            Target::Embedded(embedded) => embedded.dispatcher.drain().await.unwrap(),
            Target::Deployed(deployed) => deployed.settle().await,
        }
    }
}

/// Parses a time in the API's format.
#[track_caller]
pub(crate) fn timestamp(time: &Value) -> Timestamp {
    let text = time.as_str().unwrap_or_else(|| panic!("{time} is no time"));
    OffsetDateTime::parse(text, &Rfc3339).unwrap().into()
}
