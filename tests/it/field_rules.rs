//! The rules of the fields are written once. The pages take them from the domain, and both sides run the same cases.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;
use serde_json::{Value, json};
use shared::{
    domain::{
        address::{AddressText, PREFECTURES, PostalCode, Prefecture},
        certificate_code::{ALPHABET, CertificateCode, GROUP, POLYNOMIAL, SYMBOLS},
        contact::{EmailAddress, PhoneNumber},
        fields::{FIELDS, FieldSpec, Kind, Language, Rule},
        password::ApplicationPassword,
        text::{FullWidthText, RomajiText},
    },
    messages,
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// `UPDATE_RULES=1 cargo test -p tests field_rules` writes the file again.
#[test]
fn the_pages_have_the_rules_of_the_domain() {
    let fields: BTreeMap<_, _> = FIELDS.iter().map(|spec| (spec.name, spec)).collect();
    let messages: BTreeMap<_, _> =
        Rule::ALL.iter().map(|rule| (name_of(*rule), in_every_language(*rule))).collect();
    let rules = json!({
        "certificateCode": {
            "alphabet": String::from_utf8_lossy(ALPHABET),
            "symbols": SYMBOLS,
            "groupLength": GROUP,
            "generator": 2,
            "polynomial": POLYNOMIAL,
        },
        "prefectures": PREFECTURES.as_slice(),
        "fields": fields,
        "messages": messages,
    });
    let wanted = format!("{}\n", serde_json::to_string_pretty(&rules).unwrap());
    let file = Path::new(ROOT).join("web/rules.json");
    if std::env::var_os("UPDATE_RULES").is_some() {
        fs::write(&file, &wanted).unwrap();
    }
    assert!(fs::read_to_string(&file).unwrap() == wanted, "web/rules.json is stale: set UPDATE_RULES=1");
}

fn in_every_language(rule: Rule) -> BTreeMap<&'static str, &'static str> {
    let catalogues = Language::ALL.into_iter().map(messages::in_language);
    catalogues.map(|catalogue| (catalogue.tag(), catalogue.rule(rule))).collect()
}

#[derive(Deserialize)]
struct Case {
    field: String,
    input: String,
    value: Option<Value>,
    error: Option<String>,
}

#[test]
fn every_shared_case_comes_out_as_on_the_pages() {
    let cases = fs::read_to_string(Path::new(ROOT).join("tests/cases/fields.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&cases).unwrap();
    assert!(cases.len() > 60);
    for Case { field, input, value, error } in cases {
        let spec = FIELDS.iter().find(|spec| spec.name == field).unwrap();
        let expected = match error {
            Some(error) => Err(error),
            None => Ok(value.unwrap_or_default()),
        };
        assert_eq!(outcome(spec, &input).map_err(name_of), expected, "{field}: {input:?}");
    }
}

/// The value that the field's type reads from `input`; null for an optional field that is empty.
fn outcome(spec: &FieldSpec, input: &str) -> Result<Value, Rule> {
    let field = spec.field;
    let read = match spec.kind {
        Kind::Mailbox => input.parse::<EmailAddress>().map(|address| Some(address.as_str().to_owned())),
        Kind::Password => {
            input.parse::<ApplicationPassword>().map(|password| Some(text(password.as_bytes())))
        }
        Kind::CertificateCode => input.parse::<CertificateCode>().map(|code| Some(text(code.as_bytes()))),
        Kind::PostalCode => input.parse::<PostalCode>().map(|code| Some(code.as_str().to_owned())),
        Kind::Prefecture => {
            input.parse::<Prefecture>().map(|prefecture| Some(prefecture.as_str().to_owned()))
        }
        Kind::Phone => input.parse::<PhoneNumber>().map(|number| Some(number.as_str().to_owned())),
        Kind::FullWidth => {
            FullWidthText::parse(input, field).map(|text| text.map(|text| text.as_str().to_owned()))
        }
        Kind::Romaji => RomajiText::parse(input, field).map(|text| text.map(|text| text.as_str().to_owned())),
        Kind::Text => AddressText::parse(input, field).map(|text| text.map(|text| text.as_str().to_owned())),
    };
    match read? {
        None if spec.required => Err(Rule::Required),
        read => Ok(json!(read)),
    }
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

fn name_of(rule: Rule) -> String {
    serde_json::to_value(rule).unwrap().as_str().unwrap().to_owned()
}
