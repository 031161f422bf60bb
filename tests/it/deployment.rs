//! Compares the deployment templates (`infra/*.yaml`) with the code: routes, responses, headers, tables and settings.
//!
//! The templates are parsed as plain YAML, in which `!Ref Api` becomes `Api`, and `!Sub '${A}-b'` becomes `${A}-b`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use hyper::HeaderMap;
use local_stack::DEVELOPMENT_COOKIE;
use serde_json::{Map, Value, json};
use shared::{
    adapters::{kms, s3, ses},
    domain::{
        application::CodeLifetime, crl_scope::ShardCount, ocsp::NoncePolicy, revocation::RevocationTiming,
    },
    edge::{self, RequestRefusal},
    refusal::Refusal,
    schedules::{SCHEDULES, Schedule},
    store::{self, TableDefinition, Tables},
};

use crate::support::TestStack;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn the_api_has_exactly_the_routes_of_its_contract() {
    let contract = yaml("openapi.yaml");
    let promised: Vec<_> = entries(&contract["paths"])
        .flat_map(|(path, item)| entries(item).map(move |operation| (path, operation)))
        .filter(|(_, (_, operation))| {
            operation.get("responses").is_some() && operation.get("x-object").is_none()
        })
        .map(|(path, (method, operation))| route(path, method, text(&operation["x-function"])))
        .collect();

    let mut deployed = Vec::new();
    for function in functions() {
        for event in function.properties["Events"].as_object().into_iter().flat_map(Map::values) {
            let api = &event["Properties"];
            if event["Type"] == "Api" {
                assert_eq!(api["RestApiId"], "Api", "SAM would make another API for {}", function.id);
                deployed.push(route(text(&api["Path"]), text(&api["Method"]), &function.id));
            }
        }
    }
    assert_eq!(sorted(deployed), sorted(promised));
}

#[test]
fn published_objects_are_served_at_the_paths_of_the_contract() {
    let contract = yaml("openapi.yaml");
    let promised = entries(&contract["paths"])
        .filter(|(_, item)| entries(item).any(|(_, operation)| operation.get("x-object").is_some()))
        .map(|(path, _)| path.replace("{name}", "*"))
        .collect();
    let distribution = &yaml("web.yaml")["Resources"]["Distribution"]["Properties"]["DistributionConfig"];
    let served = distribution["CacheBehaviors"].as_array().unwrap();
    let served = served.iter().filter(|behaviour| behaviour["TargetOriginId"] == "published");
    assert_eq!(
        sorted(served.map(|behaviour| text(&behaviour["PathPattern"]).to_owned()).collect()),
        sorted(promised)
    );
}

fn route(path: &str, method: &str, function: &str) -> String {
    format!("{method} {path}: {function}")
}

#[test]
fn gateway_responses_match_the_refusals_of_the_functions() {
    let api = yaml("api.yaml");
    let responses: Vec<_> = entries(&api["Resources"]["Api"]["Properties"]["GatewayResponses"]).collect();
    let names: Vec<_> = responses.iter().map(|(name, _)| *name).collect();
    let refusals = BTreeMap::from([
        ("MISSING_AUTHENTICATION_TOKEN", Refusal::NotFound.into()),
        ("REQUEST_TOO_LARGE", RequestRefusal::BodyTooLarge),
        ("THROTTLED", Refusal::TemporarilyUnavailable.into()),
        ("WAF_FILTERED", Refusal::TemporarilyUnavailable.into()),
        ("DEFAULT_5XX", Refusal::TemporarilyUnavailable.into()),
        ("INTEGRATION_FAILURE", Refusal::TemporarilyUnavailable.into()),
        ("INTEGRATION_TIMEOUT", Refusal::TemporarilyUnavailable.into()),
    ]);
    assert_eq!(sorted(names), refusals.keys().copied().collect::<Vec<_>>());

    for (name, response) in responses {
        let own = edge::refuse(&refusals[name], &HeaderMap::new());
        let headers = own.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap()));
        let written = entries(&response["ResponseParameters"]["Headers"])
            .map(|(name, value)| (name.to_lowercase(), text(value).trim_matches('\'')));
        assert_eq!(written.collect::<BTreeMap<_, _>>(), headers.collect(), "{name}");
        assert_eq!(response["StatusCode"], own.status().as_u16(), "{name}");
        assert_eq!(
            parsed(text(&response["ResponseTemplates"]["application/json"])),
            parsed(std::str::from_utf8(own.body()).unwrap()),
            "{name}"
        );
    }
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
async fn the_deployed_site_and_api_have_the_headers_of_the_local_stack() {
    let stack = TestStack::start().await;
    let web = yaml("web.yaml");
    let distribution = &web["Resources"]["Distribution"]["Properties"]["DistributionConfig"];
    let behaviours = distribution["CacheBehaviors"].as_array().unwrap();
    let api = behaviours.iter().find(|behaviour| behaviour["PathPattern"] == "/api/*").unwrap();
    for (path, behaviour, of_the_function) in [
        ("/", &distribution["DefaultCacheBehavior"], &[][..]),
        ("/api/certificates", api, &["cache-control", "content-language", "www-authenticate"]),
        ("/api/nothing", api, &["cache-control", "content-language"]),
    ] {
        let answer = stack.client().get(path).await;
        let own = answer.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap()));
        // These headers describe the content and the connection, so the deployed site does not configure them.
        let described = [&["content-type", "content-length", "date"], of_the_function].concat();
        let own: BTreeMap<_, _> = own.filter(|(name, _)| !described.contains(&name.as_str())).collect();
        assert_eq!(configured_headers(&web["Resources"], behaviour), own, "{path}");
    }
}

/// Returns the headers that CloudFront adds to responses, except those for HTTPS only.
fn configured_headers<'a>(resources: &'a Value, behaviour: &Value) -> BTreeMap<String, &'a str> {
    let policy = &resources[text(&behaviour["ResponseHeadersPolicyId"])]["Properties"];
    let policy = &policy["ResponseHeadersPolicyConfig"];
    let security = policy["SecurityHeadersConfig"].as_object().unwrap();
    let custom = policy["CustomHeadersConfig"]["Items"].as_array().unwrap();
    for said in security.values().chain(custom) {
        assert_eq!(said["Override"], true, "{said} would give way to what the origin says");
    }
    let mut deployed: BTreeMap<_, _> =
        security.iter().map(|(kind, said)| security_header(kind, said)).collect();
    deployed.extend(custom.iter().map(|item| (text(&item["Header"]).to_lowercase(), text(&item["Value"]))));
    assert!(deployed.remove("strict-transport-security").is_some());
    deployed
}

/// Returns the header that CloudFront derives from a member of `SecurityHeadersConfig`.
fn security_header<'a>(kind: &str, said: &'a Value) -> (String, &'a str) {
    let (name, value) = match kind {
        "ContentSecurityPolicy" => ("content-security-policy", text(&said["ContentSecurityPolicy"])),
        "ContentTypeOptions" => ("x-content-type-options", "nosniff"),
        "FrameOptions" => ("x-frame-options", text(&said["FrameOption"])),
        "ReferrerPolicy" => ("referrer-policy", text(&said["ReferrerPolicy"])),
        "StrictTransportSecurity" => ("strict-transport-security", ""),
        unknown => panic!("which header is {unknown}?"),
    };
    (name.to_owned(), value)
}

#[test]
fn cloudfront_forwards_the_headers_that_the_functions_read() {
    let web = yaml("web.yaml");
    let policy = &web["Resources"]["ApiRequests"]["Properties"]["OriginRequestPolicyConfig"];
    assert_eq!(
        policy["HeadersConfig"]["Headers"],
        json!([
            "Accept-Language",
            "CloudFront-Viewer-Address",
            "Content-Type",
            "Idempotency-Key",
            "Origin",
            "Sec-Fetch-Site",
            "x-viewer-ip",
        ])
    );
    let distribution = &web["Resources"]["Distribution"]["Properties"]["DistributionConfig"];
    let behaviours = distribution["CacheBehaviors"].as_array().unwrap();
    let of_api = behaviours.iter().filter(|behaviour| behaviour["TargetOriginId"] == "api");
    for behaviour in of_api {
        let path = text(&behaviour["PathPattern"]);
        assert_eq!(behaviour["OriginRequestPolicyId"], "ApiRequests", "{path}");
        // The web ACL counts requests by the header that this function sets.
        assert_eq!(
            behaviour["FunctionAssociations"],
            json!([{ "EventType": "viewer-request", "FunctionARN": "ViewerAddress.FunctionARN" }]),
            "{path}"
        );
    }
}

#[test]
fn ocsp_has_lower_limits_than_the_wizard() {
    let api = yaml("api.yaml");
    let settings = api["Resources"]["Api"]["Properties"]["MethodSettings"].as_array().unwrap();
    let rate = |method: &str, path: &str| {
        let path = format!("/{}", path.replace('/', "~1").replace("~1*", "*"));
        let is_meant =
            |setting: &&Value| setting["HttpMethod"] == method && setting["ResourcePath"] == path.as_str();
        let setting = settings.iter().find(is_meant).unwrap_or_else(|| panic!("{method} {path}"));
        setting["ThrottlingRateLimit"].as_i64().unwrap()
    };
    let wizard = rate("*", "/*");
    let contract = yaml("openapi.yaml");
    let mut ocsp = 0;
    for (path, item) in entries(&contract["paths"]).filter(|(path, _)| path.starts_with("/ocsp")) {
        ocsp += entries(item).map(|(method, _)| rate(&method.to_uppercase(), path)).sum::<i64>();
    }
    assert!(ocsp > 0 && ocsp * 2 <= wizard, "{ocsp} of {wizard} requests per second");
}

#[test]
fn every_function_of_the_api_accepts_both_edge_secrets() {
    let api = yaml("api.yaml");
    let variables = &api["Globals"]["Function"]["Environment"]["Variables"];
    let reference = |name: &str| format!("{{{{resolve:secretsmanager:${{{name}}}:SecretString}}}}");
    let both = [reference("EdgeSecretArn"), reference("SecondEdgeSecretArn")];
    assert_eq!(variables["EDGE_SECRETS"], both.join(","));
    let rules = &api["Resources"]["WebAcl"]["Properties"]["Rules"];
    let statements =
        rules[0]["Statement"]["NotStatement"]["Statement"]["OrStatement"]["Statements"].as_array();
    let accepted: Vec<_> =
        statements.unwrap().iter().map(|one| &one["ByteMatchStatement"]["SearchString"]).collect();
    assert_eq!(accepted, both.iter().collect::<Vec<_>>());
    assert_eq!(rules[0]["Action"], json!({ "Block": {} }));
}

#[test]
fn the_tables_match_the_definitions_of_the_store() {
    let data = yaml("data.yaml");
    let mut deployed: BTreeMap<_, _> = entries(&data["Resources"])
        .filter(|(_, resource)| resource["Type"] == "AWS::DynamoDB::Table")
        .map(|(_, resource)| (text(&resource["Properties"]["TableName"]), &resource["Properties"]))
        .collect();
    for definition in Tables::with_prefix("${Deployment}").definitions() {
        let table = deployed.remove(definition.name).unwrap();
        for (member, needed) in entries(&properties_of(&definition)) {
            assert_eq!(&table[member], needed, "{member} of {}", definition.name);
        }
    }
    assert!(deployed.is_empty(), "{deployed:?}");
}

fn properties_of(table: &TableDefinition<'_>) -> Value {
    let attribute = |name: &str, kind: &str| json!({ "AttributeName": name, "AttributeType": kind });
    let key = |name: &str, kind: &str| json!({ "AttributeName": name, "KeyType": kind });
    let mut attributes = vec![attribute("pk", "S")];
    let mut keys = vec![key("pk", "HASH")];
    if table.sort_key {
        attributes.push(attribute("sk", "S"));
        keys.push(key("sk", "RANGE"));
    }
    let indexes = table.index.map(|index| {
        let mut keys = vec![key(index.partition_key, "HASH")];
        attributes.push(attribute(index.partition_key, "S"));
        if let Some(name) = index.sort_key {
            keys.push(key(name, "RANGE"));
            attributes.push(attribute(name, "N"));
        }
        json!([{ "IndexName": index.name, "KeySchema": keys, "Projection": { "ProjectionType": "KEYS_ONLY" } }])
    });
    json!({
        "AttributeDefinitions": attributes,
        "KeySchema": keys,
        "GlobalSecondaryIndexes": indexes,
        "TimeToLiveSpecification": table.ttl.then(|| json!({ "AttributeName": "ttl", "Enabled": true })),
    })
}

#[test]
fn every_function_is_deployed_once_with_its_own_name() {
    let crates = fs::read_dir(format!("{ROOT}/functions")).unwrap();
    let crates = crates.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let deployed = functions().into_iter().map(|Function { id, metadata, properties, .. }| {
        let binary = text(&metadata["BuildProperties"]["Binary"]).to_owned();
        assert_eq!(metadata["BuildMethod"], "rust-cargolambda", "{id}");
        assert_eq!(properties["CodeUri"], format!("../functions/{binary}"), "{id}");
        assert_eq!(properties["FunctionName"], format!("${{Deployment}}-{binary}"), "{id}");
        assert_eq!(id, logical_id(&binary));
        binary
    });
    assert_eq!(sorted(deployed.collect()), sorted(crates.collect()));
}

#[test]
fn the_schedules_match_the_code() {
    let mut deployed = Vec::new();
    for function in functions() {
        for event in function.properties["Events"].as_object().into_iter().flat_map(Map::values) {
            if event["Type"] == "Schedule" {
                let rate = text(&event["Properties"]["Schedule"]).to_owned();
                deployed.push((function.id.clone(), rate));
            }
        }
    }
    let planned = SCHEDULES.map(|Schedule { function, interval }| (logical_id(function), rate(interval)));
    assert_eq!(sorted(deployed), sorted(planned.to_vec()));
}

/// Returns the interval in EventBridge syntax, such as `rate(1 hour)`.
fn rate(interval: Duration) -> String {
    let minutes = interval.as_secs() / 60;
    let (number, unit) =
        if minutes.is_multiple_of(60) { (minutes / 60, "hour") } else { (minutes, "minute") };
    format!("rate({number} {unit}{})", if number == 1 { "" } else { "s" })
}

#[test]
fn parameters_have_the_defaults_and_bounds_of_the_code() {
    let template = yaml("template.yaml");
    let parameter = |name: &str| template["Parameters"][name].clone();

    let lifetime = parameter("CodeLifetimeHours");
    assert_eq!(lifetime["Default"].to_string().parse(), Ok(CodeLifetime::default()));
    assert_bounds::<CodeLifetime>(&lifetime);
    assert_bounds::<ShardCount>(&parameter("CrlShards"));

    let timing = parameter("RevocationTiming");
    assert_eq!(timing["Default"], json!(RevocationTiming::default()));
    assert_eq!(timing["AllowedValues"], json!([RevocationTiming::Submission, RevocationTiming::PickUp]));

    let nonces = parameter("OcspNonces");
    assert_eq!(nonces["Default"], json!(NoncePolicy::default().to_string()));
    assert_eq!(nonces["AllowedPattern"], "ignore|[1-9][0-9]{0,3}");
    assert!(["ignore", "1", "9999"].iter().all(|accepted| NoncePolicy::from_str(accepted).is_ok()));
    assert!(["", "0", "10000", "honour"].iter().all(|refused| NoncePolicy::from_str(refused).is_err()));
}

/// Asserts that `T` accepts a parameter's minimum and maximum, and rejects values outside this range.
fn assert_bounds<T: FromStr>(parameter: &Value) {
    let [least, greatest] = ["MinValue", "MaxValue"].map(|bound| parameter[bound].as_i64().unwrap());
    let accepted =
        [least - 1, least, greatest, greatest + 1].map(|value| T::from_str(&value.to_string()).is_ok());
    assert_eq!(accepted, [false, true, true, false], "{parameter}");
}

/// Returns the logical id of a function, such as `AnswerOcsp` for `answer-ocsp`.
fn logical_id(binary: &str) -> String {
    let capitalised = |word: &str| word[..1].to_uppercase() + &word[1..];
    binary.split('-').map(capitalised).collect()
}

#[test]
fn every_setting_of_a_function_is_documented() {
    let documented: BTreeSet<_> = ["shared/src/wiring/deployment.rs", "shared/telemetry/src/log.rs"]
        .into_iter()
        .flat_map(settings_of)
        .collect();
    for Function { id, variables, .. } in functions() {
        let unknown: Vec<_> = variables.difference(&documented).collect();
        assert!(unknown.is_empty(), "{id}: {unknown:?}");
    }
}

/// Returns the environment variables that a source file documents.
fn settings_of(source: &str) -> Vec<String> {
    let source = fs::read_to_string(Path::new(ROOT).join(source)).unwrap();
    let documentation = source.lines().filter(|line| line.trim_start().starts_with("//"));
    let is_setting =
        |word: &&str| word.contains('_') && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    documentation.flat_map(|line| line.split('`').filter(is_setting)).map(str::to_owned).collect()
}

#[test]
fn no_deployed_file_contains_the_development_cookie() {
    let deployed =
        ["functions", "shared"].into_iter().flat_map(|folder| files_below(&Path::new(ROOT).join(folder)));
    let described = files_below(&Path::new(ROOT).join("infra"))
        .into_iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    for file in deployed.chain(described) {
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains(DEVELOPMENT_COOKIE), "{}", file.display());
        let depends = file.ends_with("Cargo.toml") && text.contains("local-stack");
        assert!(!depends, "{} depends on the local stack", file.display());
    }
    let passed_on = &yaml("web.yaml")["Resources"]["ApiRequests"]["Properties"]["OriginRequestPolicyConfig"];
    assert_eq!(passed_on["CookiesConfig"]["Cookies"], json!([edge::SESSION_COOKIE]));
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn every_policy_names_its_actions_and_resources() {
    for Function { id, properties, .. } in functions() {
        for policy in properties["Policies"].as_array().unwrap() {
            assert!(policy["Statement"].is_array(), "{id}: {policy} does not show what it allows");
        }
    }
    for (file, template) in templates() {
        let mut statements = Vec::new();
        collect_statements(file, &template["Resources"], &mut statements);
        for (place, statement) in statements {
            assert!(statement.get("NotAction").or(statement.get("NotResource")).is_none(), "{place}");
            for action in one_or_many(&statement["Action"]) {
                assert!(!text(action).contains('*'), "{place}: {action}");
            }
            // In a key policy, `*` refers to the key itself.
            let is_of_key = place.contains("/KeyPolicy/");
            assert!(is_of_key || one_or_many(&statement["Resource"]).all(|all| all != "*"), "{place}");
        }
    }
}

/// Collects all policy statements in `value`, each with its path in the template.
fn collect_statements<'a>(place: String, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(members) => {
            if members.contains_key("Effect") {
                found.push((place.clone(), value));
            }
            for (name, member) in members {
                collect_statements(format!("{place}/{name}"), member, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_statements(place.clone(), item, found)),
        _ => {}
    }
}

fn one_or_many(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice).iter()
}

/// A Lambda function in a template.
struct Function {
    id: String,
    metadata: Value,
    properties: Value,
    /// The names of the function's environment variables.
    variables: BTreeSet<String>,
}

/// Returns the Lambda functions in all templates.
fn functions() -> Vec<Function> {
    let mut functions = Vec::new();
    for (_, template) in templates() {
        let of_all = &template["Globals"]["Function"]["Environment"]["Variables"];
        for (id, resource) in entries(&template["Resources"]) {
            if resource["Type"] == "AWS::Serverless::Function" {
                let (metadata, properties) = (resource["Metadata"].clone(), resource["Properties"].clone());
                let own = &properties["Environment"]["Variables"];
                let variables = [of_all, own]
                    .into_iter()
                    .filter_map(Value::as_object)
                    .flat_map(Map::keys)
                    .cloned()
                    .collect();
                functions.push(Function { id: id.to_owned(), metadata, properties, variables });
            }
        }
    }
    functions
}

/// Returns the name and content of each template file.
fn templates() -> Vec<(String, Value)> {
    let files = fs::read_dir(format!("{ROOT}/infra")).unwrap();
    let names = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name.ends_with(".yaml"))
        .map(|name| (name.clone(), yaml(&name)))
        .filter(|(_, document)| document.get("AWSTemplateFormatVersion").is_some())
        .collect()
}

/// SQS has no alarm. If a row's message cannot be sent, the row stays in the outbox, and alarms monitor the age of
/// pending rows.
#[test]
fn every_dependency_but_sqs_has_an_alarm_on_its_failures() {
    let template = yaml("monitoring.yaml");
    let alarms = template["Resources"].as_object().unwrap().values().map(|resource| &resource["Properties"]);
    let watched = alarms
        .filter(|alarm| alarm["MetricName"] == "PortFailures")
        .map(|alarm| text(&alarm["Dimensions"][0]["Value"]).to_owned());
    let dependencies = [kms::SERVICE, s3::SERVICE, ses::SERVICE, store::SERVICE];
    assert_eq!(sorted(watched.collect()), sorted(dependencies.map(str::to_owned).to_vec()));
}

fn yaml(name: &str) -> Value {
    let content = fs::read_to_string(format!("{ROOT}/infra/{name}")).unwrap();
    serde_saphyr::from_str(&content).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().unwrap().iter().map(|(name, member)| (name.as_str(), member))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}
