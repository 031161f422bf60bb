//! Tests of the operators' log. The log is sufficient to trace a request, and contains neither secrets nor personal
//! data.

use std::{collections::BTreeSet, fs, future::Future, pin::Pin, sync::Arc};

use async_trait::async_trait;
use hyper::{Method, body::Bytes, header};
use lambda_http::{Body, BoxFuture, Request, Response};
use local_stack::{DEFAULT_LOG, DEVELOPMENT_COOKIE};
use serde_json::{Value, json};
use shared::{
    domain::{DAY, HOUR, MINUTE, revocation::RevocationTiming},
    edge::{EdgeSecrets, Entrance, Outcome, Pseudonyms, SESSION_COOKIE},
    lambda,
    ports::{MessageAuthenticator, PortError},
    telemetry::log::LAYERS,
};
use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::support::{
    CapturedLog, Fault, KEY, MovedClock, PickUpCredentials, TestStack, code_in, new_request, sign_in_code_in,
};

const COUPON: &str = "984940947";

#[tokio::test]
async fn every_line_contains_its_request_id_and_step() {
    let log = CapturedLog::start(LevelFilter::DEBUG);
    let stack = TestStack::start().await;
    stack.client().get("/api/certificates").await.problem(401, "session-missing");
    stack.mailed("taro", COUPON).await;

    let lines = log.lines();
    for line in &lines {
        let members = line.as_object().unwrap();
        assert!(members.values().all(|member| !member.is_object() && !member.is_array()), "flat: {line}");
        for name in ["timestamp", "requestId", "step", "level", "target", "message"] {
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

/// The values that must not appear in the log, each with a description.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn add(&mut self, what: &'static str, value: impl Into<String>) {
        let value = value.into();
        assert!(value.chars().count() >= 3, "too short to be looked for: {what} {value}");
        self.0.push((what, value));
    }

    /// Adds every string in `value`.
    fn add_all(&mut self, what: &'static str, value: &Value) {
        match value {
            Value::String(text) => self.add(what, text),
            Value::Object(members) => members.values().for_each(|member| self.add_all(what, member)),
            _ => {}
        }
    }

    /// Adds all lines of `pem` except the first and the last.
    fn add_pem(&mut self, what: &'static str, pem: &str) {
        let lines: Vec<_> = pem.lines().collect();
        // A short last line could occur in the log by chance.
        lines[1..lines.len() - 1]
            .iter()
            .filter(|line| line.len() > 20)
            .for_each(|line| self.add(what, *line));
    }

    /// Adds the code with and without its hyphens.
    fn add_code(&mut self, what: &'static str, code: &str) {
        self.add(what, code);
        self.add(what, code.replace('-', ""));
    }

    #[track_caller]
    fn assert_absent_from(&self, log: &CapturedLog) {
        let text = log.text();
        let lower_case = text.to_lowercase();
        for (what, secret) in &self.0 {
            if let Some(at) = lower_case.find(&secret.to_lowercase()) {
                let line = lower_case[..at].lines().count();
                panic!(
                    "the log has {what} ({secret}): {}",
                    text.lines().nth(line.saturating_sub(1)).unwrap()
                );
            }
        }
        for word in ["-----BEGIN", "PRIVATE KEY", SESSION_COOKIE, DEVELOPMENT_COOKIE] {
            assert!(!text.contains(word), "the log has {word}");
        }
    }
}

#[tokio::test]
async fn the_log_contains_no_secrets_or_personal_data() {
    let log = CapturedLog::start(LevelFilter::TRACE);
    let stack = TestStack::start_with(RevocationTiming::PickUp).await;
    let (account, mut secrets) = (stack.account("taro").clone(), Secrets::default());
    secrets.add("a password", &account.application_password);
    secrets.add_code("the old certificate code", &account.certificate_code);
    secrets.add("a mail address", &account.email_address);
    secrets.add("a mailbox", "taro@");

    // Performs step 1 after several refused requests.
    let mut client = stack.client().at_address(77);
    secrets.add("a client address", "127.0.0.77");
    let guess = "guessed-password-1";
    secrets.add("a guessed password", guess);
    for _ in 0..8 {
        client.identify_as(&account.email_address, guess, &account.certificate_code).await;
    }
    // Another subscriber signs in with a code from an email.
    let other = stack.account("hanako").clone();
    for _ in 0..10 {
        stack.client().identify_as(&other.email_address, guess, &other.certificate_code).await;
    }
    stack.client().identify(&other).await.problem(403, "confirmation-by-email");
    stack.settle().await;
    let sign_in_code = sign_in_code_in(&client.mails().await[0]["text"]);
    stack.client().identify_with_code(&other, &sign_in_code).await.ok();
    secrets.add("an older certificate code", &other.certificate_code);
    secrets.add("a mailbox", "hanako@");
    secrets.add_code("a sign-in code", &sign_in_code);
    stack.clock.advance(HOUR);
    let odd =
        json!({ "emailAddress": "taro@example.co.jp", "taro@example.co.jp": guess, "certificateCode": 7 });
    client.json(Method::POST, "/api/session", &odd).await.problem(422, "invalid-fields");
    let json_type = [(header::CONTENT_TYPE.as_str(), "application/json")];
    let broken = Bytes::from(format!("{{\"applicationPassword\": \"{guess}\", "));
    client.send(Method::POST, "/api/session", &json_type, broken).await.problem(400, "malformed-body");
    client.identify(&account).await.ok();
    secrets.add("a session", client.cookie.clone().unwrap().split_once('=').unwrap().1);

    // Performs steps 2 to 4.
    let list = client.get("/api/certificates").await.ok();
    secrets.add("a name", list["certificates"][0]["subscriberName"].as_str().unwrap());
    let page = client.get(&format!("/api/certificates/{COUPON}")).await.ok();
    secrets.add("a name", page["commonName"].as_str().unwrap());
    client.get("/api/certificates/984940950").await.problem(404, "not-found");
    client.select(COUPON).await.ok();
    let form = client.get("/api/application").await.ok();
    secrets.add_all("a field", &form["fields"]);
    for name in ["organizationNameJa", "organizationNameEn", "subscriberNameJa", "subscriberNameEn"] {
        secrets.add("a fixed field", form["fixed"][name].as_str().unwrap());
    }
    let mut input = client.prefilled().await;
    input["fields"]["phone"] = json!("telephone");
    client.enter(&input).await.invalid_fields(&["/fields/phone notAPhoneNumber"]);
    input["fields"]["phone"] = json!("03-5000-2222");
    input["fields"]["street"] = json!("築地９－８－７");
    input["fields"]["emailAddress"] = json!("veri.taro@example.com");
    secrets.add_all("an entered field", &input["fields"]);
    let saved = client.enter(&input).await.ok();
    secrets.add_all("an entered field", &saved["fields"]);
    client.enter(&input).await.problem(409, "application-changed");

    // Performs steps 5 and 6 with a failed email, a repeated request and a second code.
    let version = saved["version"].as_u64().unwrap();
    secrets.add("an idempotency key", KEY);
    stack.faults.mailer.next(1, Fault::Fails);
    let receipt = client.submit(COUPON, version, KEY).await.ok();
    client.submit(COUPON, version, KEY).await.ok();
    client.submit(COUPON, version + 1, KEY).await.problem(422, "idempotency-key-reused");
    stack.settle().await;
    stack.settle().await;
    stack.clock.advance(5 * MINUTE);
    client.identify(&account).await.ok();
    secrets.add("a session", client.cookie.clone().unwrap().split_once('=').unwrap().1);
    client.resend(&receipt).await.ok();
    stack.settle().await;

    // Looks up the stop code of the notice.
    let stop_code = stack.stop_code("taro").await;
    secrets.add_code("a stop code", &stop_code);
    stack.client().check_stop(&stop_code).await.ok();

    // Corrects the address after a refused request.
    client.correct(&receipt, "taro at example").await.invalid_fields(&["/emailAddress missingAtSign"]);
    for mailbox in ["misspelt.taro", "veri.taro"] {
        let address = format!("{mailbox}@example.com");
        secrets.add("a corrected address", &address);
        client.correct(&receipt, &address).await.ok();
    }
    stack.settle().await;
    let mut code = String::new();
    for mail in client.mails().await.iter().filter(|mail| mail["to"] == "veri.taro@example.com") {
        code = code_in(&mail["text"]);
        secrets.add_code("a new certificate code", &code);
    }
    secrets.add("a masked address", receipt["mail"]["maskedAddress"].as_str().unwrap());

    // Picks up the certificate, with several refused requests, and processes the effects of the pick-up.
    let credentials = PickUpCredentials { code, password: account.application_password.clone() };
    client.check_pick_up(&credentials.with_password(guess)).await.problem(401, "pick-up-check-failed");
    client.check_pick_up(&credentials).await.ok();
    let request = new_request();
    secrets.add_pem("a certification request", &request);
    client.pick_up(&credentials, &request[..200]).await.problem(422, "invalid-fields");
    stack.faults.ca_signer.next(1, Fault::Fails);
    client.pick_up(&credentials, &request).await.problem(503, "temporarily-unavailable");
    let issued = client.pick_up(&credentials, &request).await.ok();
    secrets.add_pem("a certificate", issued["certificate"].as_str().unwrap());
    client.pick_up(&credentials, &new_request()).await.problem(409, "already-picked-up");
    stack.renew_ocsp_responder().await;
    stack.faults.objects.next(2, Fault::Fails);
    stack.settle().await;
    stack.clock.advance(40 * DAY);
    stack.settle().await;
    stack.watch_service().await;

    let lines = log.lines();
    for message in [
        "refused",
        "failed",
        "done",
        "an email could not be sent",
        "the CRL could not be published",
        "sealed",
    ] {
        assert!(lines.iter().any(|line| line["message"] == message), "{message}: the run should have it");
    }
    let foreign = |line: &&Value| {
        let target = line["target"].as_str().unwrap();
        ["aws_", "hyper", "rustls", "lambda_"].iter().any(|prefix| target.starts_with(prefix))
    };
    assert!(!lines.iter().filter(foreign).any(|line| line["level"] == "DEBUG" || line["level"] == "TRACE"));
    secrets.assert_absent_from(&log);
}

#[tokio::test]
async fn a_panic_returns_an_error_without_its_message() {
    let log = CapturedLog::start(LevelFilter::ERROR);
    let entrance = Entrance {
        edge_secrets: EdgeSecrets::default(),
        origins: Vec::new(),
        pseudonyms: Pseudonyms::start(Arc::new(Mac), MovedClock::new()).await,
    };
    let request = Request::new(Body::Empty);
    let panics = || -> Response<Body> { panic!("no mailbox is called taro@example.co.jp") };
    let handle = |_| Box::pin(async move { panics() }) as BoxFuture<'_, _>;
    let answer = lambda::request_invocation("some-step", "1", &entrance, request, handle).await;
    assert_eq!(answer.status(), 500);
    let problem: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(problem["type"], "/problems/internal-error");

    let work: Pin<Box<dyn Future<Output = Result<(), _>> + Send>> =
        Box::pin(async { panic!("taro@example.co.jp") });
    let error = lambda::event_invocation("some-step", "2", work).await.unwrap_err();
    assert_eq!(error.to_string(), "panicked");
    let outcomes: Vec<_> = log.metrics().iter().map(|line| line["Outcome"].clone()).collect();
    assert_eq!(outcomes, ["failed", "failed"]);
    assert!(!log.text().contains("taro"), "{}", log.text());
}

struct Mac;

#[async_trait]
impl MessageAuthenticator for Mac {
    async fn mac(&self, message: &[u8]) -> Result<[u8; 32], PortError> {
        assert_eq!(message, b"log pseudonyms 2026-11");
        Ok([7; 32])
    }
}

/// Returns the values of the field `name` in the closing lines of these invocations.
fn pseudonyms(log: &CapturedLog, step: &str, name: &str) -> Vec<Option<String>> {
    let closing = |line: &Value| line["message"] == "done" && line["step"] == step;
    let lines = log.lines().into_iter().filter(closing);
    lines.map(|line| line[name].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn pseudonyms_identify_clients_and_accounts_within_a_month() {
    let log = CapturedLog::start(LevelFilter::INFO);
    let stack = TestStack::start().await;
    let attempt = async |address: u8, email_address: &str| {
        let mut client = stack.client().at_address(address);
        client.identify_as(email_address, "guessed-password-1", "AAAA-AAAA").await;
    };
    attempt(2, "taro@example.co.jp").await;
    attempt(2, "TARO@Example.co.jp").await;
    attempt(3, "taro@example.co.jp").await;
    attempt(2, "nobody@example.co.jp").await;
    attempt(2, "not a mailbox").await;
    stack.clock.advance(10 * DAY);
    attempt(2, "taro@example.co.jp").await;

    let [client, same, other, _, malformed, next_month] =
        &pseudonyms(&log, "authenticate-subscriber", "client")[..]
    else {
        panic!("six requests")
    };
    assert!(client.as_ref().is_some_and(|pseudonym| pseudonym.len() == 16), "{client:?}");
    assert_eq!((same, malformed), (client, client));
    assert!(other != client && next_month.is_some() && next_month != client);

    let [account, same, elsewhere, nobody, malformed, next_month] =
        &pseudonyms(&log, "authenticate-subscriber", "account")[..]
    else {
        panic!("six requests")
    };
    assert_eq!((same, elsewhere), (account, account));
    assert!(account.is_some() && nobody.is_some() && nobody != account && account != client);
    assert!(malformed.is_none() && next_month.is_some() && next_month != account);
}

#[tokio::test]
async fn every_function_of_the_api_logs_the_client() {
    let log = CapturedLog::start(LevelFilter::INFO);
    let stack = TestStack::start().await;
    let mailed = stack.mailed("taro", COUPON).await;
    let client = stack.client();
    client.check_pick_up(&mailed.credentials).await.ok();
    client.pick_up(&mailed.credentials, &new_request()).await.ok();
    client.get("/ocsp/MEIwQA").await;
    client.receipt(&mailed.receipt["receiptNumber"]).await.problem(401, "session-missing");
    client.get(&format!("/api/certificates/{COUPON}")).await.problem(401, "session-missing");
    client.get("/api/certificates").await.problem(401, "session-missing");

    let lines = log.lines();
    let requests: Vec<_> = lines.iter().filter(|line| line["status"].is_u64()).collect();
    let steps: BTreeSet<_> = requests.iter().map(|line| line["step"].as_str().unwrap()).collect();
    assert_eq!(steps.len(), 9, "every function behind the API: {steps:?}");
    let clients: BTreeSet<_> = requests.iter().map(|line| line["client"].as_str()).collect();
    assert_eq!(clients.len(), 1, "all requests came from one client: {clients:?}");
    assert!(clients.iter().all(Option::is_some), "{clients:?}");
    let [checked, picked_up] = &pseudonyms(&log, "pick-up-certificate", "account")[..] else { panic!("two") };
    assert!(checked.is_some() && checked == picked_up, "the same code: {checked:?} {picked_up:?}");
}

#[test]
fn the_log_filter_includes_every_layer() {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");
    let folders = fs::read_dir(shared).unwrap().map(|entry| entry.unwrap());
    let layers = folders.filter(|folder| folder.path().join("Cargo.toml").exists());
    let names = layers.map(|layer| layer.file_name().into_string().unwrap().replace('-', "_"));
    let crates: BTreeSet<_> = names.chain(["shared".to_owned()]).collect();
    assert_eq!(crates, LAYERS.into_iter().map(str::to_owned).collect());

    // The log filter matches targets by prefix, so the names of other crates must not begin with the name of a layer.
    let lock = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock")).unwrap();
    let names = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    for name in names.map(|name| name.replace('-', "_")).filter(|name| !crates.contains(name)) {
        assert!(
            !LAYERS.iter().any(|layer| name.starts_with(layer)),
            "{name} would count as one of {LAYERS:?}"
        );
    }
}

#[test]
fn the_default_log_omits_the_closing_lines_of_invocations() {
    let targets: Targets = DEFAULT_LOG.parse().unwrap();
    // The closing line is logged by the module that defines this type.
    let (closing, _) = std::any::type_name::<Outcome>().rsplit_once("::").unwrap();
    assert!(!targets.would_enable(closing, &Level::INFO));
    assert!(
        targets.would_enable(closing, &Level::ERROR)
            && targets.would_enable("use_cases::submit", &Level::INFO)
    );
}
