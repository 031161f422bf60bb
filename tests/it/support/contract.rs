//! Checks every response of the API against `infra/openapi.yaml`.

use std::{fs, sync::LazyLock};

use hyper::{Method, StatusCode, header};
use serde_json::{Map, Value};

use super::Answer;

static OPENAPI: LazyLock<Value> = LazyLock::new(|| {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/openapi.yaml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
});

/// The JSON pointer to the description of the response to requests that match no operation.
const NO_SUCH_OPERATION: &str = "/components/responses/NoSuchOperation";

/// Asserts that `infra/openapi.yaml` allows this response to `method` on `path`.
pub(crate) fn check(method: &Method, path: &str, answer: &Answer) {
    let context = format!("{method} {path} → {}", answer.status);
    if path.starts_with("/api/") {
        assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"), "{context}");
    }
    assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), Some("nosniff"), "{context}");
    let Some(item) = path_item(path) else {
        assert!(matches!(answer.status.as_u16(), 404 | 413), "{context}: no such path");
        return check_body(at(NO_SUCH_OPERATION), answer, &context);
    };
    match item.get(&method.as_str().to_lowercase()) {
        Some(operation) => {
            let declared = &operation["responses"][answer.status.as_str()];
            assert!(!declared.is_null(), "{context}: not declared for this operation");
            check_body(resolve(declared), answer, &context);
        }
        None if method == Method::HEAD => assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED),
        None => {
            check_body(at(NO_SUCH_OPERATION), answer, &context);
            assert!(matches!(answer.status.as_u16(), 403 | 405 | 413 | 415), "{context}: no such method");
            if answer.status == StatusCode::METHOD_NOT_ALLOWED {
                let methods = ["delete", "get", "post", "put"].into_iter();
                let declared: Vec<_> =
                    methods.filter(|name| item.contains_key(*name)).map(str::to_uppercase).collect();
                assert_eq!(answer.header(header::ALLOW), Some(declared.join(", ").as_str()), "{context}");
            }
        }
    }
}

/// Returns the method and the path template of each operation below `/api/` that can change state.
pub(crate) fn changes() -> impl Iterator<Item = (Method, &'static str)> {
    let paths = at("/paths").as_object().unwrap().iter().filter(|(path, _)| path.starts_with("/api/"));
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys().filter(|name| *name != "get" && *name != "parameters");
        methods.map(move |name| (name.to_uppercase().parse().unwrap(), path.as_str()))
    })
}

/// Returns the problem types that the API description declares.
fn problem_types() -> &'static Vec<Value> {
    at("/components/schemas/ProblemType/enum").as_array().unwrap()
}

fn at(pointer: &str) -> &'static Value {
    OPENAPI.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not in openapi.yaml"))
}

fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => resolve(at(reference.trim_start_matches('#'))),
        None => value,
    }
}

fn path_item(path: &str) -> Option<&'static Map<String, Value>> {
    let path = path.split('?').next().unwrap_or_default();
    let fits = |template: &str| {
        if let Some((before, _)) = template.split_once('{').filter(|_| template.ends_with("+}")) {
            return path.starts_with(before);
        }
        let (wanted, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        wanted.len() == given.len()
            && wanted.iter().zip(&given).all(|(wanted, given)| {
                if wanted.starts_with('{') { !given.is_empty() } else { wanted == given }
            })
    };
    let (_, item) = at("/paths").as_object().unwrap().iter().find(|(template, _)| fits(template))?;
    item.as_object()
}

fn check_body(declared: &'static Value, answer: &Answer, context: &str) {
    for (name, header) in declared["headers"].as_object().into_iter().flatten() {
        let header = resolve(header);
        let value = answer.headers.get(name).unwrap_or_else(|| panic!("{context}: no {name}"));
        if header["schema"]["type"] == "integer" {
            let number: i64 = value.to_str().unwrap().parse().unwrap();
            assert!(number >= header["schema"]["minimum"].as_i64().unwrap_or(0), "{context}: {name}");
        }
    }
    let Some(content) = declared["content"].as_object() else {
        return assert!(answer.body.is_empty(), "{context}: a body");
    };
    let content_type = answer.header(header::CONTENT_TYPE).unwrap_or_default();
    let media = content.get(content_type).unwrap_or_else(|| panic!("{context}: {content_type}"));
    if media.get("schema").is_none() {
        return assert!(!answer.body.is_empty(), "{context}: no body");
    }
    let body = answer.json();
    let mut faults = Vec::new();
    validate(&media["schema"], &body, "", &mut faults);
    if content_type == "application/problem+json" {
        assert!(problem_types().contains(&body["type"]), "{context}: {body}");
        assert_eq!(body["status"], answer.status.as_u16(), "{context}: {body}");
        assert!(!body["title"].as_str().unwrap().is_empty(), "{context}: {body}");
        assert!(!body["detail"].as_str().unwrap().is_empty(), "{context}: {body}");
    }
    assert!(faults.is_empty(), "{context}: {faults:?} in {body}");
}

fn validate(schema: &'static Value, value: &Value, pointer: &str, faults: &mut Vec<String>) {
    let schema = resolve(schema);
    if let Some(choices) = schema["oneOf"].as_array() {
        let fitting = choices.iter().filter(|choice| fits(choice, value)).count();
        if fitting != 1 {
            faults.push(format!("{pointer} is {fitting} of the {} choices", choices.len()));
        }
        return;
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        validate(part, value, pointer, faults);
    }
    if schema.get("const").is_some_and(|wanted| wanted != value) {
        faults.push(format!("{pointer} is not {}", schema["const"]));
    }
    if !has_type(&schema["type"], value) {
        return faults.push(format!("{pointer} is not of type {}", schema["type"]));
    }
    if let Some(allowed) = schema["enum"].as_array().filter(|allowed| !allowed.contains(value)) {
        faults.push(format!("{pointer} is not one of {allowed:?}"));
    }
    if schema["format"] == "date-time"
        && value.as_str().is_some_and(|text| text.len() != 20 || !text.ends_with('Z'))
    {
        faults.push(format!("{pointer} is not a time in UTC"));
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        validate(&schema["items"], item, &format!("{pointer}/{index}"), faults);
    }
    let Some(members) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !members.contains_key(name) {
            faults.push(format!("{pointer}/{name} is missing"));
        }
    }
    for (name, member) in members {
        let pointer = format!("{pointer}/{name}");
        match schema["properties"].get(name) {
            Some(schema) => validate(schema, member, &pointer, faults),
            None if schema["additionalProperties"] == false => faults.push(format!("{pointer} is unknown")),
            None => {}
        }
    }
}

fn fits(schema: &'static Value, value: &Value) -> bool {
    let mut faults = Vec::new();
    validate(schema, value, "", &mut faults);
    faults.is_empty()
}

fn has_type(declared: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        unknown => panic!("openapi.yaml has the type {unknown}"),
    };
    match declared {
        Value::Null => true,
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        name => is(name.as_str().unwrap()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared::{
        domain::fields::{Language, Rule},
        edge::names,
    };

    use super::*;

    #[test]
    fn every_rule_is_an_error_code_of_the_contract() {
        let codes: Vec<_> = Rule::ALL.iter().map(|rule| Value::from(names::rule(*rule))).collect();
        assert_eq!(at("/components/schemas/ErrorCode/enum"), &Value::Array(codes));
    }

    #[test]
    fn every_language_is_in_the_contract() {
        let tags = Language::ALL.map(|language| Value::from(language.tag()));
        assert_eq!(at("/components/schemas/Language/enum"), &Value::Array(tags.to_vec()));
    }

    #[test]
    fn every_problem_type_has_a_schema_that_a_response_uses() {
        let responses = at("/components/responses").as_object().unwrap().values();
        let schemas =
            responses.filter_map(|response| response.pointer("/content/application~1problem+json/schema"));
        let each = |schema: &'static Value| {
            schema["oneOf"].as_array().map_or_else(|| vec![schema], |all| all.iter().collect())
        };
        let mut used = BTreeSet::new();
        for schema in schemas.flat_map(each).map(resolve) {
            let kind = &schema["allOf"][1]["properties"]["type"];
            used.extend(
                kind["enum"]
                    .as_array()
                    .cloned()
                    .unwrap_or_else(|| vec![kind["const"].clone()])
                    .iter()
                    .map(Value::to_string),
            );
        }
        assert_eq!(used, problem_types().iter().map(Value::to_string).collect());
    }

    #[test]
    fn responses_that_violate_the_description_are_detected() {
        let described = serde_json::json!({
            "receiptNumber": "0000-0000-0000",
            "couponNumber": "1",
            "acceptedAt": "2026-11-22T00:00:00Z",
        });
        let faults_of = |name: &str, value: Option<Value>| {
            let mut body = described.clone();
            match value {
                Some(value) => body[name] = value,
                None => drop(body.as_object_mut().unwrap().remove(name)),
            }
            let mut faults = Vec::new();
            validate(at("/components/schemas/ReceiptReference"), &body, "", &mut faults);
            faults
        };
        assert_eq!(faults_of("couponNumber", Some("2".into())), [""; 0]);
        assert_eq!(faults_of("couponNumber", Some(Value::Null)), ["/couponNumber is not of type \"string\""]);
        assert_eq!(faults_of("couponNumber", None), ["/couponNumber is missing"]);
        assert_eq!(faults_of("acceptedAt", Some("yesterday".into())), ["/acceptedAt is not a time in UTC"]);
        assert_eq!(faults_of("serialNumber", Some("1".into())), ["/serialNumber is unknown"]);

        let problem = |kind: &str, next_step: Option<&str>| {
            let mut body = serde_json::json!({ "type": kind, "title": "t", "status": 401, "detail": "d" });
            body.as_object_mut().unwrap().extend(next_step.map(|step| ("nextStep".to_owned(), step.into())));
            fits(at("/components/schemas/SessionProblem"), &body)
        };
        assert!(problem("/problems/session-ended", Some("identify")));
        assert!(!problem("/problems/session-ended", Some("choose")));
        assert!(!problem("/problems/session-ended", None));
        assert!(!problem("/problems/not-found", Some("identify")));
    }
}
