//! The log: one flat JSON object a line on standard output, where Lambda collects it.
//!
//! Each line has `timestamp`, `level`, `target` and mostly `message`, the fields of its event, and those of the spans
//! around it: `requestId` (Lambda's), `step` (the function) and, as soon as it is known, `application`. CloudWatch Logs
//! Insights finds them by these names: `filter application = "984940947" | fields @timestamp, requestId, step, message`.
//! Without a time, Lambda would take each line for one of the level `INFO`.
//!
//! No line holds a secret or personal data, at any level: that is tested for this service's own crates, and the
//! others, of which the AWS SDK and the Lambda runtime would log whole requests, are never let below `info`. A level
//! above `info` should not be set: Lambda would drop the lines of the metrics, too.

use std::{env, fmt, panic};

use serde_json::{Map, Value};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields, MakeWriter,
        format::{JsonFields, Writer},
    },
    layer::SubscriberExt,
    registry::{LookupSpan, Scope},
    util::SubscriberInitExt,
};

use super::metrics;

/// The crates that every function is made of: their lines are this service's own. A name must not be the beginning of another
/// crate's name, by which the filter below would take that one for ours.
pub const LAYERS: [&str; 10] =
    ["adapters", "domain", "edge", "mail", "pki", "ports", "shared", "store", "telemetry", "use_cases"];

/// How the log is written.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// The least important lines of this service's own crates that are written.
    pub level: LevelFilter,
    /// The namespace of the metrics; without one there are none.
    pub metrics_namespace: Option<String>,
}

impl LogSettings {
    /// From `AWS_LAMBDA_LOG_LEVEL` (`info` unless it is set) and `METRICS_NAMESPACE`.
    pub fn from_env() -> Self {
        let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
        Self {
            level: level.unwrap_or(LevelFilter::INFO),
            metrics_namespace: env::var("METRICS_NAMESPACE").ok().filter(|name| !name.is_empty()),
        }
    }
}

/// Starts the log of the function `step`. A panic is logged, too, by where it happened: its message may quote what it
/// stumbled over.
pub fn start(step: &'static str) {
    let own_crates = LAYERS.into_iter().map(str::to_owned).chain([step.replace('-', "_")]);
    subscriber(own_crates, LogSettings::from_env(), std::io::stdout).init();
    panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        tracing::error!(location, "panicked");
    }));
}

/// What writes the log of `own_crates` to `writer`.
pub fn subscriber<W>(
    own_crates: impl IntoIterator<Item = String>,
    settings: LogSettings,
    writer: W,
) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let LogSettings { level, metrics_namespace } = settings;
    let metrics_level = if metrics_namespace.is_some() { LevelFilter::INFO } else { LevelFilter::OFF };
    let targets = Targets::new()
        .with_default(level.min(LevelFilter::INFO))
        .with_targets(own_crates.into_iter().map(|name| (name, level)))
        .with_target(metrics::TARGET, metrics_level)
        // Says again what `invocation` said, in the words of Debug and without the step.
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer()
        .fmt_fields(JsonFields::new())
        .event_format(FlatJson { metrics_namespace })
        .with_writer(writer);
    tracing_subscriber::registry().with(targets).with(lines)
}

/// tracing-subscriber's own JSON leaves the spans' fields in an object of their own.
struct FlatJson {
    metrics_namespace: Option<String>,
}

impl<S> FormatEvent<S, JsonFields> for FlatJson
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Map::new();
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            if let Some(fields) = span.extensions().get::<FormattedFields<JsonFields>>() {
                line.extend(members(fields));
            }
        }
        let mut fields = String::new();
        JsonFields::new().format_fields(Writer::new(&mut fields), event)?;
        let mut fields = members(&fields);
        if event.metadata().target() == metrics::TARGET {
            let document = fields.remove("document");
            line.extend(members(document.as_ref().and_then(Value::as_str).unwrap_or_default()));
            line["_aws"]["CloudWatchMetrics"][0]["Namespace"] = self.metrics_namespace.clone().into();
        } else {
            line.extend(fields);
            line.insert("target".to_owned(), event.metadata().target().into());
        }
        line.insert("level".to_owned(), event.metadata().level().as_str().into());
        line.insert("timestamp".to_owned(), timestamp().into());
        writeln!(writer, "{}", Value::Object(line))
    }
}

/// RFC 3339, to the millisecond.
fn timestamp() -> String {
    let now = OffsetDateTime::now_utc();
    let to_the_millisecond = now.replace_millisecond(now.millisecond()).unwrap_or(now);
    to_the_millisecond.format(&Rfc3339).unwrap_or_default()
}

fn members(object: &str) -> Map<String, Value> {
    serde_json::from_str(object).unwrap_or_default()
}
