//! What operators read of the service: enough to follow a request, and nothing that is nobody's business.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tracing_subscriber::filter::LevelFilter;

use crate::support::{CapturedLog, TestStack};

const COUPON: &str = "984940947";

#[tokio::test]
async fn every_line_says_which_request_and_step_it_is_of() {
    let log = CapturedLog::start(LevelFilter::DEBUG);
    let stack = TestStack::start().await;
    stack.client().get("/api/certificates").await.problem(401, "session-missing");
    stack.mailed("taro", COUPON).await;

    let lines = log.lines();
    for line in &lines {
        let members = line.as_object().unwrap();
        assert!(members.values().all(|member| !member.is_object() && !member.is_array()), "flat: {line}");
        for name in ["requestId", "step", "level", "target", "message"] {
            assert!(members.get(name).is_some_and(Value::is_string), "{name}: {line}");
        }
    }
    let ids: BTreeSet<_> = lines.iter().map(|line| line["requestId"].as_str().unwrap()).collect();
    let done = |step: &str| -> Vec<_> {
        lines.iter().filter(|line| line["message"] == "done" && line["step"] == step).collect()
    };
    let closed: usize = lines.iter().filter(|line| line["message"] == "done").count();
    assert_eq!(closed, ids.len(), "one closing line an invocation");

    let [refused, ..] = done("list-certificates")[..] else { panic!("it is closed") };
    assert_eq!((&refused["status"], &refused["outcome"]), (&json!(401), &json!("refused")));
    assert!(refused["durationMs"].is_u64() && refused.get("application").is_none(), "{refused}");
    let [submitted] = done("submit-application")[..] else { panic!("it is closed once") };
    assert_eq!((&submitted["status"], &submitted["outcome"]), (&json!(201), &json!("accepted")));
    assert_eq!(submitted["application"], COUPON);
    let saved = done("save-application");
    assert!(!saved.is_empty() && saved.iter().all(|line| line["application"] == COUPON), "{saved:?}");
}
