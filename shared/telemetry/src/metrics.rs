//! Metrics in the embedded metric format (EMF), which CloudWatch extracts from log lines.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! This module does not use the `metrics_cloudwatch_embedded` crate for two reasons. First, that crate has one recorder
//! per process, which cannot separate parallel tests or the functions of the local stack. Second, that crate identifies
//! metrics by strings at every call site. This module defines each metric once, with its unit and dimensions.

use std::{cell::RefCell, collections::BTreeMap, future::Future};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

/// The target of the tracing events that contain metrics.
pub const TARGET: &str = "metrics";

/// The number of invocations.
pub const REQUESTS: Metric<2> = Metric::new("Requests", Unit::Count, ["Step", "Outcome"]);
/// The duration of an invocation.
pub const LATENCY: Metric<2> = Metric::new("Latency", Unit::Milliseconds, ["Step", "Outcome"]);
/// The number of identity checks whose result was withheld, and of pick-up checks that were refused because the code is
/// blocked.
pub const IDENTITY_CHECKS_THROTTLED: Metric<0> = Metric::new("IdentityChecksThrottled", Unit::Count, []);
/// The number of failures caused by external services.
pub const PORT_FAILURES: Metric<1> = Metric::new("PortFailures", Unit::Count, ["Service"]);
/// The time since the oldest due row of an outbox queue became due, or 0 if no row is due.
pub const OUTBOX_AGE: Metric<1> = Metric::new("OutboxAge", Unit::Seconds, ["Queue"]);
/// The time since the `thisUpdate` time of a published CRL.
pub const CRL_AGE: Metric<1> = Metric::new("CrlAge", Unit::Seconds, ["Scope"]);
/// The time until the `nextUpdate` time of a published CRL. The value is negative if the CRL is overdue.
pub const CRL_NEXT_UPDATE_IN: Metric<1> = Metric::new("CrlNextUpdateIn", Unit::Seconds, ["Scope"]);
/// The number of published CRLs.
pub const CRLS_PUBLISHED: Metric<1> = Metric::new("CrlsPublished", Unit::Count, ["Scope"]);
/// The number of signatures that the OCSP responder created. Each signature is billed by KMS.
pub const OCSP_SIGNATURES: Metric<0> = Metric::new("OcspSignatures", Unit::Count, []);
/// The number of items that were skipped because they cannot be read.
pub const UNREADABLE_ITEMS: Metric<1> = Metric::new("UnreadableItems", Unit::Count, ["Place"]);
/// The number of emails that the email service accepted for delivery.
pub const MAILS_SENT: Metric<0> = Metric::new("MailsSent", Unit::Count, []);
/// The number of emails that could not be sent.
pub const MAILS_FAILED: Metric<0> = Metric::new("MailsFailed", Unit::Count, []);
/// The number of emails that were delivered.
pub const MAILS_DELIVERED: Metric<0> = Metric::new("MailsDelivered", Unit::Count, []);
/// The number of emails that bounced.
pub const MAILS_BOUNCED: Metric<0> = Metric::new("MailsBounced", Unit::Count, []);
/// The number of emails that recipients reported as spam.
pub const MAILS_COMPLAINED: Metric<0> = Metric::new("MailsComplained", Unit::Count, []);
/// The number of applications that were stopped from the registered mailbox.
pub const APPLICATIONS_STOPPED: Metric<0> = Metric::new("ApplicationsStopped", Unit::Count, []);

/// All metrics of the service. Tests compare this list with the alarms and dashboards.
pub const ALL: [Definition; 16] = [
    REQUESTS.definition(),
    LATENCY.definition(),
    IDENTITY_CHECKS_THROTTLED.definition(),
    PORT_FAILURES.definition(),
    OUTBOX_AGE.definition(),
    CRL_AGE.definition(),
    CRL_NEXT_UPDATE_IN.definition(),
    CRLS_PUBLISHED.definition(),
    OCSP_SIGNATURES.definition(),
    UNREADABLE_ITEMS.definition(),
    MAILS_SENT.definition(),
    MAILS_FAILED.definition(),
    MAILS_DELIVERED.definition(),
    MAILS_BOUNCED.definition(),
    MAILS_COMPLAINED.definition(),
    APPLICATIONS_STOPPED.definition(),
];

/// A metric with `N` dimensions.
#[derive(Debug)]
pub struct Metric<const N: usize> {
    name: &'static str,
    unit: Unit,
    dimensions: [&'static str; N],
}

/// The name, unit and dimensions of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    pub name: &'static str,
    pub unit: Unit,
    pub dimensions: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A count. The values recorded in one invocation are summed.
    Count,
    Milliseconds,
    Seconds,
}

impl Unit {
    /// Returns CloudWatch's name for the unit.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::Seconds => "Seconds",
        }
    }
}

/// The names and values of dimensions.
type Dimensions = Vec<(&'static str, String)>;
type Values = BTreeMap<&'static str, (Unit, i64)>;

/// The metrics of an invocation, grouped by dimension values.
#[derive(Default)]
pub struct Recorded(BTreeMap<Dimensions, Values>);

tokio::task_local! {
    static RECORDED: RefCell<Recorded>;
}

impl<const N: usize> Metric<N> {
    const fn new(name: &'static str, unit: Unit, dimensions: [&'static str; N]) -> Self {
        Self { name, unit, dimensions }
    }

    /// Returns the name, unit and dimensions of the metric.
    pub const fn definition(&'static self) -> Definition {
        Definition { name: self.name, unit: self.unit, dimensions: &self.dimensions }
    }

    /// Records `value` with the given dimension values. Counts are summed within an invocation. A new duration replaces
    /// the previous one.
    pub fn record(&self, value: i64, dimensions: [&str; N]) {
        let values = dimensions.map(str::to_owned);
        // Outside an invocation, the value is discarded.
        let _ = RECORDED.try_with(|recorded| {
            let mut recorded = recorded.borrow_mut();
            let with_these = recorded.0.entry(self.dimensions.into_iter().zip(values).collect()).or_default();
            let (_, before) = with_these.entry(self.name).or_insert((self.unit, 0));
            *before = if self.unit == Unit::Count { *before + value } else { value };
        });
    }
}

/// Runs `work` and returns its result together with the metrics that it recorded.
pub async fn recorded<T>(work: impl Future<Output = T>) -> (T, Recorded) {
    let with_records = async {
        let done = work.await;
        (done, RECORDED.with(RefCell::take))
    };
    RECORDED.scope(RefCell::default(), with_records).await
}

impl Recorded {
    /// Writes the metrics to the log, with one line for each combination of dimension values.
    pub fn publish(&self) {
        for (dimensions, values) in &self.0 {
            let document = document(dimensions, values);
            tracing::info!(target: TARGET, %document);
        }
    }
}

/// Returns an EMF document without a namespace, which the log formatter adds later.
fn document(dimensions: &Dimensions, values: &Values) -> Value {
    let names: Vec<_> = dimensions.iter().map(|(name, _)| *name).collect();
    let metrics: Vec<_> =
        values.iter().map(|(name, (unit, _))| json!({ "Name": name, "Unit": unit.name() })).collect();
    let milliseconds = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    let directives = json!([{ "Dimensions": [names], "Metrics": metrics }]);
    let aws = json!({
        "Timestamp": i64::try_from(milliseconds).unwrap_or_default(),
        "CloudWatchMetrics": directives,
    });
    let mut members = Map::from_iter([("_aws".to_owned(), aws)]);
    members.extend(dimensions.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    members.extend(values.iter().map(|(name, (_, value))| ((*name).to_owned(), json!(value))));
    Value::Object(members)
}
