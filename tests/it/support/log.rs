//! What the functions log, as a deployment has it.

use std::{
    fs, io,
    sync::{Arc, LazyLock, Mutex},
};

use serde_json::Value;
use shared::telemetry::log::{self, LogSettings};
use tracing::{Dispatch, subscriber::DefaultGuard};
use tracing_subscriber::{
    filter::{LevelFilter, dynamic_filter_fn},
    layer::SubscriberExt,
};

/// The namespace of the metrics.
pub(crate) const NAMESPACE: &str = "CertReissue/Test";

/// A subscriber that logs nothing, but has to be asked about each event.
///
/// tracing keeps for each call site whether any subscriber wants it. A call site that one test registers while another
/// test starts its log may miss the new subscriber, and would then stay off for good.
static ASKED_ABOUT_EACH_EVENT: LazyLock<Dispatch> =
    LazyLock::new(|| Dispatch::new(tracing_subscriber::registry().with(dynamic_filter_fn(|_, _| false))));

/// Has every call site ask the subscriber of its thread. Called before anything is logged.
pub(crate) fn keep_call_sites_on() {
    LazyLock::force(&ASKED_ABOUT_EACH_EVENT);
}

/// The log of everything that happens on this thread, which is all of a test's stack.
pub(crate) struct CapturedLog {
    written: Written,
    _guard: DefaultGuard,
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl CapturedLog {
    /// From now on, at this level of the service's own crates: every one of them.
    pub(crate) fn start(level: LevelFilter) -> Self {
        keep_call_sites_on();
        let functions = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../functions")).unwrap();
        let names = functions.map(|function| function.unwrap().file_name().into_string().unwrap());
        let own_crates = names.chain(log::LAYERS.into_iter().chain(["local-stack", "it"]).map(str::to_owned));
        let settings = LogSettings { level, metrics_namespace: Some(NAMESPACE.to_owned()) };
        let written = Written::default();
        let writer = written.clone();
        let own_crates = own_crates.map(|name| name.replace('-', "_"));
        let subscriber = log::subscriber(own_crates, settings, move || writer.clone());
        Self { written, _guard: tracing::subscriber::set_default(subscriber) }
    }

    /// All that was written.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.written.0.lock().unwrap().clone()).unwrap()
    }

    /// Every line of the service itself; the local stack's database would not be deployed.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let is_ours = |line: &Value| !line["target"].as_str().unwrap_or_default().starts_with("dynoxide");
        self.all().into_iter().filter(|line| line.get("_aws").is_none() && is_ours(line)).collect()
    }

    /// Every line that carries metrics.
    pub(crate) fn metrics(&self) -> Vec<Value> {
        self.all().into_iter().filter(|line| line.get("_aws").is_some()).collect()
    }

    fn all(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
