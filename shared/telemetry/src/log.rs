//! Writes the log to standard output, where Lambda collects it, as one flat JSON object per line.
//!
//! Each line contains `timestamp` and `level`, and usually `target` and `message`. A line also contains the fields of
//! its event and of the enclosing spans: `requestId` (from Lambda), `step` (the function) and, once known,
//! `application`. CloudWatch Logs Insights queries can use these field names, for example `filter application =
//! "984940947" | fields @timestamp, requestId, step, message`. Without a timestamp, Lambda would treat each line as
//! level `INFO`.
//!
//! No log line at any level contains secrets or personal data. Tests verify that the service's own crates log no
//! secrets or personal data. Other crates never log below `info`, because the AWS SDK and the Lambda runtime would log
//! entire requests. Do not set a level above `info` (such as `warn`), because Lambda would also drop the lines that
//! contain metrics.

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

/// The service's own crates. No name in this list may be a prefix of another crate's name, because the log filter would
/// also match that crate.
pub const LAYERS: [&str; 11] = [
    "adapters",
    "domain",
    "edge",
    "mail",
    "messages",
    "pki",
    "ports",
    "shared",
    "store",
    "telemetry",
    "use_cases",
];

#[derive(Clone, Debug)]
pub struct LogSettings {
    /// The minimum level of log lines from the service's own crates.
    pub level: LevelFilter,
    /// The CloudWatch namespace of the metrics, or `None` if no metrics are published.
    pub metrics_namespace: Option<String>,
}

impl LogSettings {
    /// Reads the settings from the environment variables `AWS_LAMBDA_LOG_LEVEL` (default `info`) and
    /// `METRICS_NAMESPACE`.
    pub fn from_env() -> Self {
        let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
        Self {
            level: level.unwrap_or(LevelFilter::INFO),
            metrics_namespace: env::var("METRICS_NAMESPACE").ok().filter(|name| !name.is_empty()),
        }
    }
}

/// Starts logging for the function `step`. Only the location of a panic is logged, because a panic message may contain
/// personal data.
pub fn start(step: &'static str) {
    let own_crates = LAYERS.into_iter().map(str::to_owned).chain([step.replace('-', "_")]);
    subscriber(own_crates, LogSettings::from_env(), std::io::stdout).init();
    panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        tracing::error!(location, "panicked");
    }));
}

/// Returns a subscriber that writes log lines to `writer`. Crates other than `own_crates` never log below `info`.
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
        // Under this target, the Lambda runtime logs failures in Debug format and without the step, although
        // `invocation` already logs them.
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer()
        .fmt_fields(JsonFields::new())
        .event_format(FlatJson { metrics_namespace })
        .with_writer(writer);
    tracing_subscriber::registry().with(targets).with(lines)
}

/// Formats a log line as a flat JSON object. The JSON format of tracing-subscriber would nest the fields of spans.
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

/// Returns the current time in RFC 3339 format with millisecond precision.
fn timestamp() -> String {
    let now = OffsetDateTime::now_utc();
    let to_the_millisecond = now.replace_millisecond(now.millisecond()).unwrap_or(now);
    to_the_millisecond.format(&Rfc3339).unwrap_or_default()
}

fn members(object: &str) -> Map<String, Value> {
    serde_json::from_str(object).unwrap_or_default()
}
