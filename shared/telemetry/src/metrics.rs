//! Metrics in CloudWatch's embedded metric format (EMF): lines of the log that CloudWatch makes metrics of.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! By hand, not by the crate `metrics_cloudwatch_embedded`: it records into one recorder of the whole process, which
//! the local stack, where all functions share one, and parallel tests could not tell apart; and its metrics are names in
//! strings wherever they are counted, while here each stands once, with its unit and its dimensions.

use std::{cell::RefCell, collections::BTreeMap, future::Future};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

/// The target of the events by which metrics come to the log.
pub const TARGET: &str = "metrics";

/// Invocations.
pub const REQUESTS: Metric<2> = Metric::new("Requests", Unit::Count, ["Step", "Outcome"]);
/// How long an invocation took.
pub const LATENCY: Metric<2> = Metric::new("Latency", Unit::Milliseconds, ["Step", "Outcome"]);
/// Identity checks and pick-up checks that were refused unseen because they came too early.
pub const IDENTITY_CHECKS_THROTTLED: Metric<0> = Metric::new("IdentityChecksThrottled", Unit::Count, []);
/// Work that failed because a service outside did.
pub const PORT_FAILURES: Metric<1> = Metric::new("PortFailures", Unit::Count, ["Service"]);
/// How long the oldest row of a queue of the outbox has been due; 0 when none is.
pub const OUTBOX_AGE: Metric<1> = Metric::new("OutboxAge", Unit::Seconds, ["Queue"]);
/// How long ago the thisUpdate of a published CRL was.
pub const CRL_AGE: Metric<1> = Metric::new("CrlAge", Unit::Seconds, ["Scope"]);
/// How far ahead the nextUpdate of a published CRL is; negative once it is over.
pub const CRL_NEXT_UPDATE_IN: Metric<1> = Metric::new("CrlNextUpdateIn", Unit::Seconds, ["Scope"]);
/// CRLs that were published.
pub const CRLS_PUBLISHED: Metric<1> = Metric::new("CrlsPublished", Unit::Count, ["Scope"]);
/// Revocations that cannot be read and are on no CRL.
pub const UNREADABLE_REVOCATIONS: Metric<0> = Metric::new("UnreadableRevocations", Unit::Count, []);
/// Mails that were handed over for delivery.
pub const MAILS_SENT: Metric<0> = Metric::new("MailsSent", Unit::Count, []);
/// Mails that were not.
pub const MAILS_FAILED: Metric<0> = Metric::new("MailsFailed", Unit::Count, []);
/// Mails that arrived.
pub const MAILS_DELIVERED: Metric<0> = Metric::new("MailsDelivered", Unit::Count, []);
/// Mails that did not arrive.
pub const MAILS_BOUNCED: Metric<0> = Metric::new("MailsBounced", Unit::Count, []);
/// Mails that their reader took for spam.
pub const MAILS_COMPLAINED: Metric<0> = Metric::new("MailsComplained", Unit::Count, []);

/// Every metric of the service, for alarms and dashboards to be held against.
pub const ALL: [Definition; 14] = [
    REQUESTS.definition(),
    LATENCY.definition(),
    IDENTITY_CHECKS_THROTTLED.definition(),
    PORT_FAILURES.definition(),
    OUTBOX_AGE.definition(),
    CRL_AGE.definition(),
    CRL_NEXT_UPDATE_IN.definition(),
    CRLS_PUBLISHED.definition(),
    UNREADABLE_REVOCATIONS.definition(),
    MAILS_SENT.definition(),
    MAILS_FAILED.definition(),
    MAILS_DELIVERED.definition(),
    MAILS_BOUNCED.definition(),
    MAILS_COMPLAINED.definition(),
];

/// A metric with `N` dimensions.
#[derive(Debug)]
pub struct Metric<const N: usize> {
    name: &'static str,
    unit: Unit,
    dimensions: [&'static str; N],
}

/// A metric by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// The names of its dimensions.
    pub dimensions: &'static [&'static str],
}

/// The unit of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// How many; those of an invocation are added up.
    Count,
    /// Thousandths of a second.
    Milliseconds,
    /// Seconds.
    Seconds,
}

impl Unit {
    /// CloudWatch's name for it.
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

/// The metrics of an invocation: those with the same dimensions together.
#[derive(Default)]
pub struct Recorded(BTreeMap<Dimensions, Values>);

tokio::task_local! {
    static RECORDED: RefCell<Recorded>;
}

impl<const N: usize> Metric<N> {
    const fn new(name: &'static str, unit: Unit, dimensions: [&'static str; N]) -> Self {
        Self { name, unit, dimensions }
    }

    const fn definition(&'static self) -> Definition {
        Definition { name: self.name, unit: self.unit, dimensions: &self.dimensions }
    }

    /// Records `value`, with the values of the dimensions: a count is added to what the invocation recorded before, a
    /// duration takes its place.
    pub fn record(&self, value: i64, dimensions: [&str; N]) {
        let values = dimensions.map(str::to_owned);
        // Without an invocation there is nobody to tell.
        let _ = RECORDED.try_with(|recorded| {
            let mut recorded = recorded.borrow_mut();
            let with_these = recorded.0.entry(self.dimensions.into_iter().zip(values).collect()).or_default();
            let (_, before) = with_these.entry(self.name).or_insert((self.unit, 0));
            *before = if self.unit == Unit::Count { *before + value } else { value };
        });
    }
}

/// Runs `work` and gives what it recorded.
pub async fn recorded<T>(work: impl Future<Output = T>) -> (T, Recorded) {
    let with_records = async {
        let done = work.await;
        (done, RECORDED.with(RefCell::take))
    };
    RECORDED.scope(RefCell::default(), with_records).await
}

impl Recorded {
    /// Brings the metrics to the log, a line for each set of dimensions.
    pub fn publish(&self) {
        for (dimensions, values) in &self.0 {
            let document = document(dimensions, values);
            tracing::info!(target: TARGET, %document);
        }
    }
}

/// An EMF document, without the namespace, which the log knows.
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
