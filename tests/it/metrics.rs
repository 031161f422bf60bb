//! Tests of the metrics that alarms use and that CloudWatch reads from the log.

use std::{
    collections::BTreeMap,
    time::{SystemTime, UNIX_EPOCH},
};

use hyper::header;
use serde_json::{Value, json};
use shared::{
    domain::{DAY, MINUTE},
    telemetry::metrics::{ALL, Definition},
};
use tracing_subscriber::filter::LevelFilter;

use crate::support::{CapturedLog, Fault, KEY, Mistyped, NAMESPACE, RelyingParty, START, TestStack};

const COUPON: &str = "984940947";

/// Asserts that `line` conforms to the embedded metric format and contains only metrics that the code defines.
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

/// Returns the values of the metric `name` with these dimensions, one value per log line.
fn values(log: &CapturedLog, name: &str, dimensions: &[(&str, &str)]) -> Vec<i64> {
    let lines = log.metrics();
    let with_these =
        lines.iter().filter(|line| dimensions.iter().all(|(dimension, value)| line[dimension] == *value));
    with_these.filter_map(|line| line[name].as_i64()).collect()
}

#[tokio::test]
async fn the_metrics_of_a_reissue_use_the_embedded_metric_format() {
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

/// Returns the latest value of the metric `name` for each value of its single dimension.
fn latest(log: &CapturedLog, name: &str, dimension: &str) -> BTreeMap<String, i64> {
    let value = |line: &Value| Some((line[dimension].as_str()?.to_owned(), line[name].as_i64()?));
    log.metrics().iter().filter_map(value).collect()
}

#[tokio::test]
async fn pending_effects_and_crl_ages_are_measured() {
    let log = CapturedLog::start(LevelFilter::ERROR);
    let stack = TestStack::start().await;
    stack.faults.mailer.always(Fault::Fails);
    stack.client().reissue(stack.account("taro"), COUPON).await;
    stack.watch_service().await;
    assert_eq!(latest(&log, "OutboxAge", "Queue")["mail"], 0);

    stack.settle().await;
    stack.clock.advance(31 * MINUTE);
    stack.watch_service().await;
    let none_but_mails = [("audit", 0), ("crl", 0), ("deadline", 0), ("mail", 31 * MINUTE)];
    assert_eq!(latest(&log, "OutboxAge", "Queue"), named(&none_but_mails));
    assert_eq!(values(&log, "MailsFailed", &[]), [1]);

    let (ages, left) = (latest(&log, "CrlAge", "Scope"), latest(&log, "CrlNextUpdateIn", "Scope"));
    assert_eq!((ages["complete"], left["complete"]), (31 * MINUTE, 7 * DAY - 31 * MINUTE));
    assert_eq!(ages.len(), 1 + 4, "{ages:?}");
    for (scope, age) in &ages {
        let is_published = stack.folder().join(format!("objects/crl/{scope}.crl")).exists();
        let since_1970 = START + 31 * MINUTE;
        assert_eq!(*age, if is_published { 31 * MINUTE } else { since_1970 }, "{scope}");
    }

    stack.faults.mailer.heal();
    stack.settle().await;
    stack.watch_service().await;
    assert_eq!(latest(&log, "OutboxAge", "Queue")["mail"], 0);
    log.metrics().iter().for_each(assert_embedded);
}

#[tokio::test]
async fn an_invalid_crl_is_measured_like_a_missing_one() {
    let log = CapturedLog::start(LevelFilter::ERROR);
    let stack = TestStack::start().await;
    stack.mailed("taro", COUPON).await;
    let crl = stack.folder().join("objects/crl/complete.crl");
    let published = std::fs::read(&crl).unwrap();
    std::fs::write(&crl, &published[..200]).unwrap();
    stack.watch_service().await;
    assert_eq!(latest(&log, "CrlAge", "Scope")["complete"], 0, "its times are in its first octets");
    std::fs::write(&crl, b"<html>").unwrap();
    stack.watch_service().await;
    assert_eq!(latest(&log, "CrlAge", "Scope")["complete"], START);
    assert_eq!(latest(&log, "CrlNextUpdateIn", "Scope")["complete"], -START);
}

#[tokio::test]
async fn a_stop_is_counted_once() {
    let log = CapturedLog::start(LevelFilter::WARN);
    let stack = TestStack::start().await;
    let Mistyped { mailed, .. } = stack.mistyped().await;
    let code = stack.stop_code("taro").await;
    for _ in 0..2 {
        stack.client().check_stop(&code).await.ok();
        stack.client().stop(&code).await.ok();
    }
    assert_eq!(values(&log, "ApplicationsStopped", &[]), [1]);
    let receipt_number = mailed.receipt["receiptNumber"].as_str().unwrap();
    assert!(
        log.text().contains(receipt_number) && !log.text().contains(&code),
        "the runbook uses the number"
    );
}

#[tokio::test]
async fn refused_guesses_and_failing_services_are_counted() {
    let log = CapturedLog::start(LevelFilter::ERROR);
    let stack = TestStack::start().await;
    let account = stack.account("taro");
    for _ in 0..12 {
        stack.client().identify_as(&account.email_address, "wrong", &account.certificate_code).await;
    }
    assert_eq!(values(&log, "IdentityChecksThrottled", &[]), [1, 1], "the results of ten were shown");

    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("hanako"), "984940950").await;
    stack.faults.statement_signer.always(Fault::Fails);
    let answer = client.submit("984940950", version, KEY).await;
    answer.problem(503, "temporarily-unavailable");
    assert_eq!(answer.header(header::RETRY_AFTER), Some("5"));
    assert_eq!(values(&log, "PortFailures", &[("Service", "test")]), [1]);
    let failed = [("Step", "submit-application"), ("Outcome", "failed")];
    assert_eq!(values(&log, "Requests", &failed), [1]);
    log.metrics().iter().for_each(assert_embedded);
}

#[tokio::test]
async fn an_ocsp_error_with_status_200_is_not_counted_as_accepted() {
    let log = CapturedLog::start(LevelFilter::ERROR);
    let stack = TestStack::start().await;
    let relying_party = RelyingParty::new(stack.client()).await;
    relying_party.post(b"no request").await;
    relying_party.post(&relying_party.request(&["01"], &["-no_nonce"])).await;
    let issued = stack.serial_number(stack.coupon("taro"));
    relying_party.post(&relying_party.request(&[&issued], &["-no_nonce"])).await;
    let requests = |outcome| values(&log, "Requests", &[("Step", "answer-ocsp"), ("Outcome", outcome)]);
    assert_eq!(
        (requests("refused"), requests("failed"), requests("accepted")),
        (vec![1, 1], vec![1], vec![])
    );
}

#[tokio::test]
async fn only_new_ocsp_signatures_are_counted() {
    let log = CapturedLog::start(LevelFilter::ERROR);
    let stack = TestStack::start().await;
    stack.renew_ocsp_responder().await;
    let relying_party = RelyingParty::new(stack.client()).await;
    let request = relying_party.request(&[&stack.serial_number(COUPON)], &["-no_nonce"]);
    for _ in 0..3 {
        relying_party.post(&request).await;
    }
    assert_eq!(values(&log, "OcspSignatures", &[]), [1]);
}

fn named(values: &[(&str, i64)]) -> BTreeMap<String, i64> {
    values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}
