//! What alarms hang on: the metrics, as CloudWatch reads them from the log.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use shared::telemetry::metrics::{ALL, Definition};
use tracing_subscriber::filter::LevelFilter;

use crate::support::{CapturedLog, NAMESPACE, TestStack};

const COUPON: &str = "984940947";

/// Asserts that `line` obeys the embedded metric format, and that its metrics are those of the code, no more.
#[track_caller]
fn assert_embedded(line: &Value) {
    let aws = line["_aws"].as_object().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let timestamp = u128::from(aws["Timestamp"].as_u64().unwrap());
    assert!((now - 600_000..=now).contains(&timestamp), "milliseconds since 1970: {line}");
    let [directive] = &aws["CloudWatchMetrics"].as_array().unwrap()[..] else {
        panic!("one directive: {line}")
    };
    assert_eq!(aws.len() + directive.as_object().unwrap().len(), 2 + 3, "nothing else is allowed: {line}");
    assert_eq!(directive["Namespace"], NAMESPACE);

    let [dimensions] = &directive["Dimensions"].as_array().unwrap()[..] else { panic!("one set: {line}") };
    let dimensions = dimensions.as_array().unwrap();
    assert!(dimensions.len() <= 30);
    for name in dimensions {
        let value = line[name.as_str().unwrap()].as_str().unwrap();
        assert!(!value.trim().is_empty() && value.is_ascii() && value.len() <= 1024, "{line}");
    }
    let metrics = directive["Metrics"].as_array().unwrap();
    assert!((1..=100).contains(&metrics.len()));
    for metric in metrics {
        assert!(line[metric["Name"].as_str().unwrap()].is_i64(), "{line}");
        let is_it = |known: &&Definition| metric == &json!({ "Name": known.name, "Unit": known.unit.name() });
        let known = ALL.iter().find(is_it).unwrap_or_else(|| panic!("{metric} is none of the code's"));
        assert_eq!(json!(dimensions), json!(known.dimensions), "{line}");
    }
}

/// The values of the metric `name` with these dimensions, one for each line.
fn values(log: &CapturedLog, name: &str, dimensions: &[(&str, &str)]) -> Vec<i64> {
    let lines = log.metrics();
    let with_these =
        lines.iter().filter(|line| dimensions.iter().all(|(dimension, value)| line[dimension] == *value));
    with_these.filter_map(|line| line[name].as_i64()).collect()
}

#[tokio::test]
async fn what_a_reissue_counts_is_in_the_embedded_metric_format() {
    let log = CapturedLog::start(LevelFilter::ERROR);
    let stack = TestStack::start().await;
    stack.client().get("/api/certificates").await.problem(401, "session-missing");
    stack.mailed("taro", COUPON).await;

    for line in &log.metrics() {
        assert_embedded(line);
        assert!(line["requestId"].is_string() && line["step"].is_string(), "{line}");
    }
    let requests = |step, outcome| values(&log, "Requests", &[("Step", step), ("Outcome", outcome)]);
    assert_eq!(requests("list-certificates", "refused"), [1]);
    assert_eq!(requests("submit-application", "accepted"), [1]);
    assert_eq!(requests("send-certificate-code", "accepted"), [1]);
    assert_eq!(values(&log, "Latency", &[("Step", "submit-application")]).len(), 1);
    assert_eq!(values(&log, "MailsSent", &[]), [1]);
    assert_eq!(values(&log, "CrlsPublished", &[("Scope", "complete")]), [1]);
}
