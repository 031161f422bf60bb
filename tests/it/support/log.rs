//! Captures the functions' log in the same format as in a deployment.

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

/// The namespace of metrics in tests.
pub(crate) const NAMESPACE: &str = "CertReissue/Test";

/// A tracing subscriber that discards all events, but forces tracing to query it for each event.
///
/// For each call site, tracing caches whether any subscriber enables the call site. If one test registers a call site
/// while another test starts its log, the cache may omit the new subscriber and keep the call site disabled.
static ASKED_ABOUT_EACH_EVENT: LazyLock<Dispatch> =
    LazyLock::new(|| Dispatch::new(tracing_subscriber::registry().with(dynamic_filter_fn(|_, _| false))));

/// Ensures that every call site queries the subscriber of its thread. Must be called before the first event is logged.
pub(crate) fn keep_call_sites_on() {
    LazyLock::force(&ASKED_ABOUT_EACH_EVENT);
}

/// The log of all events on this thread. A test's entire stack runs on the same thread.
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
    /// Starts capturing the events of the service's crates up to this level.
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

    /// Returns the complete text of the log.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.written.0.lock().unwrap().clone()).unwrap()
    }

    /// Returns all lines except lines from the local stack's database, which is not deployed.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let is_ours = |line: &Value| !line["target"].as_str().unwrap_or_default().starts_with("dynoxide");
        self.all().into_iter().filter(|line| line.get("_aws").is_none() && is_ours(line)).collect()
    }

    /// Returns all lines that contain metrics.
    pub(crate) fn metrics(&self) -> Vec<Value> {
        self.all().into_iter().filter(|line| line.get("_aws").is_some()).collect()
    }

    fn all(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
