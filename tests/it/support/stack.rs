use std::{
    convert::identity,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use local_stack::{DemoAccount, Dispatcher, Ports, Stack, StackOptions};
use shared::{
    adapters::system::SystemEntropy,
    domain::{Timestamp, revocation::RevocationTiming},
    ports::Clock,
};
use tempfile::TempDir;

use super::Client;

/// 2026-11-22T00:00:00Z
const START: i64 = 1_795_305_600;

/// A clock that only moves when it is told to.
pub(crate) struct MovedClock(AtomicI64);

impl MovedClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp::try_from(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// A running stack in a folder of its own. Effects happen when [`TestStack::settle`] is called, not before.
pub(crate) struct TestStack {
    pub(crate) clock: Arc<MovedClock>,
    accounts: Vec<DemoAccount>,
    port: u16,
    dispatcher: Arc<Dispatcher>,
    _folder: TempDir,
}

impl TestStack {
    pub(crate) async fn start() -> Self {
        Self::start_with(RevocationTiming::Submission, identity).await
    }

    pub(crate) async fn start_with(timing: RevocationTiming, around_ports: fn(Ports) -> Ports) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(MovedClock(AtomicI64::new(START)));
        let options = StackOptions {
            port: 0,
            data_dir: folder.path().to_owned(),
            timing,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(SystemEntropy),
            around_ports,
        };
        let stack = Stack::start(options).await.unwrap();
        let (accounts, port) = (stack.accounts().to_vec(), stack.address().port());
        let (server, dispatcher) = stack.split();
        tokio::spawn(server.run());
        Self { clock, accounts, port, dispatcher, _folder: folder }
    }

    /// The demonstration's account with this mailbox.
    pub(crate) fn account(&self, mailbox: &str) -> &DemoAccount {
        let address = format!("{mailbox}@example.co.jp");
        self.accounts.iter().find(|account| account.email_address == address).unwrap()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.port)
    }

    /// Does everything that must follow what was accepted.
    pub(crate) async fn settle(&self) {
        self.dispatcher.drain().await.unwrap();
    }
}
