use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use local_stack::{CallCounter, DemoAccount, Dispatcher, Stack, StackOptions};
use shared::{
    adapters::system::SystemEntropy,
    domain::{Timestamp, revocation::RevocationTiming},
    ports::Clock,
    use_cases::register_certificates::Report,
};
use tempfile::TempDir;

use super::{
    Client,
    faults::{self, Faults},
};

/// 2026-11-22T00:00:00Z, when every stack starts.
pub(crate) const START: i64 = 1_795_305_600;

/// A clock that only moves when it is told to.
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

/// A stack that does not answer yet: the time for imports.
pub(crate) struct Prepared {
    stack: Stack,
    clock: Arc<MovedClock>,
    faults: Arc<Faults>,
    folder: TempDir,
}

impl Prepared {
    /// A stack in a folder of its own.
    pub(crate) async fn new(timing: RevocationTiming) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), timing).await
    }

    /// A stack that issues no certificate for the keys on `list`.
    pub(crate) async fn with_compromised_keys(list: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("compromised-keys"), list).unwrap();
        Self::in_folder(folder, RevocationTiming::Submission).await
    }

    async fn in_folder(folder: TempDir, timing: RevocationTiming) -> Self {
        let clock = MovedClock::new();
        let (faults, around_ports) = faults::new();
        let options = StackOptions {
            port: 0,
            data_dir: folder.path().to_owned(),
            timing,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(SystemEntropy),
            around_ports,
        };
        let stack = Stack::start(options).await.unwrap();
        Self { stack, clock, faults, folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn import(&self, text: &str) -> Report {
        self.stack.import(text).await.unwrap()
    }

    /// The stack, answering.
    pub(crate) fn run(self) -> TestStack {
        let Self { stack, clock, faults, folder } = self;
        let (accounts, port) = (stack.accounts().to_vec(), stack.address().port());
        let database_calls = stack.database_calls().clone();
        let (server, dispatcher) = stack.split();
        tokio::spawn(server.run());
        TestStack { clock, faults, database_calls, accounts, port, dispatcher, folder }
    }
}

/// A running stack in a folder of its own. Effects happen when [`TestStack::settle`] is called, not before.
pub(crate) struct TestStack {
    pub(crate) clock: Arc<MovedClock>,
    /// What is to go wrong.
    pub(crate) faults: Arc<Faults>,
    pub(crate) database_calls: CallCounter,
    accounts: Vec<DemoAccount>,
    port: u16,
    dispatcher: Arc<Dispatcher>,
    folder: TempDir,
}

impl TestStack {
    pub(crate) async fn start() -> Self {
        Self::start_with(RevocationTiming::Submission).await
    }

    pub(crate) async fn start_with(timing: RevocationTiming) -> Self {
        Prepared::new(timing).await.run()
    }

    /// The demonstration's account with this mailbox.
    pub(crate) fn account(&self, mailbox: &str) -> &DemoAccount {
        let address = format!("{mailbox}@example.co.jp");
        self.accounts.iter().find(|account| account.email_address == address).unwrap()
    }

    /// Where everything is kept.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// What the schedule of the OCSP responder's renewal does.
    pub(crate) async fn renew_ocsp_responder(&self) {
        self.dispatcher.renew_ocsp_responder().await;
    }

    /// What the schedule of watch-service does.
    pub(crate) async fn watch_service(&self) {
        self.dispatcher.watch_service().await;
    }

    /// Where the stack answers.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Brings everything that must follow what was accepted to its function, once.
    pub(crate) async fn settle(&self) {
        self.dispatcher.drain().await.unwrap();
    }

    /// Has the mail service report what became of the mails that were sent.
    pub(crate) async fn deliver(&self) {
        self.dispatcher.report_deliveries().await;
    }

    /// Brings messages with these `bodies` to record-delivery, and gives the places of those that failed.
    pub(crate) async fn record_deliveries(&self, bodies: &[String]) -> Vec<usize> {
        let answer = self.dispatcher.record_deliveries(bodies.to_vec()).await.unwrap();
        let failed = answer.batch_item_failures.iter();
        failed.map(|failed| failed.item_identifier.parse().unwrap()).collect()
    }
}
