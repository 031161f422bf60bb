//! Tests that the pages and the API description use the domain's field definitions. The pages and the domain run the
//! same test cases.

use std::{collections::BTreeMap, fmt, fs, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    domain::{
        address::{AddressText, PREFECTURES, PostalCode, Prefecture},
        certificate_code::{ALPHABET, CertificateCode, GROUP, POLYNOMIAL, SYMBOLS},
        contact::{EmailAddress, PhoneNumber},
        fields::{Field, FieldSpec, FixedField, FixedFieldSpec, Group, Kind, Language, Rule},
        password::ApplicationPassword,
        sign_in_code::SignInCode,
        stop_code::StopCode,
        text::{FullWidthText, RomajiText},
    },
    edge::names,
    messages,
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// `UPDATE_RULES=1 cargo test -p tests field_rules` regenerates the files.
#[test]
fn the_pages_use_the_rules_of_the_domain() {
    let fields: BTreeMap<_, _> =
        Field::ALL.iter().map(|field| (field.name(), entered(field.spec()))).collect();
    let fixed: BTreeMap<_, _> =
        FixedField::ALL.iter().map(|field| (field.name(), displayed(field.spec()))).collect();
    let message = |rule| in_every_language(|language| messages::in_language(language).rule(rule));
    let checked = Rule::ALL.into_iter().filter(|rule| is_checked_by_the_pages(*rule));
    let messages: BTreeMap<_, _> = checked.map(|rule| (name_of(rule), message(rule))).collect();
    let rules = json!({
        "certificateCode": {
            "alphabet": String::from_utf8_lossy(ALPHABET),
            "symbols": SYMBOLS,
            "groupLength": GROUP,
            "generator": 2,
            "polynomial": POLYNOMIAL,
        },
        "prefectures": PREFECTURES.as_slice(),
        "application": groups_of_application(),
        "fields": fields,
        "fixedFields": fixed,
        "messages": messages,
    });
    assert_generated("web/rules.json", |_| format!("{}\n", serde_json::to_string_pretty(&rules).unwrap()));
}

/// Returns true if the pages check the rule themselves. The server's response contains the message of any other rule,
/// so the pages do not load it.
fn is_checked_by_the_pages(rule: Rule) -> bool {
    match rule {
        Rule::Required
        | Rule::TooLong
        | Rule::NotAMailbox
        | Rule::MissingAtSign
        | Rule::SeveralAddresses
        | Rule::SeveralAtSigns
        | Rule::SpaceInAddress
        | Rule::CommaInAddress
        | Rule::LocalPartNotAscii
        | Rule::LocalPartDots
        | Rule::LocalPartTooLong
        | Rule::DomainWithoutDot
        | Rule::NumericDomain
        | Rule::DomainMalformed
        | Rule::NotFullWidth
        | Rule::NotRomaji
        | Rule::NotAPostalCode
        | Rule::NotAPrefecture
        | Rule::NotAPhoneNumber
        | Rule::UnsuitableCharacter
        | Rule::CertificateCodeTypo
        | Rule::NotASignInCode
        | Rule::NotAcknowledged => true,
        Rule::SameAddress
        | Rule::WrongPassword
        | Rule::FixedField
        | Rule::UnknownField
        | Rule::WrongType
        | Rule::CsrMalformed
        | Rule::CsrIsPrivateKey
        | Rule::CsrIsCertificate
        | Rule::CsrSignatureAlgorithm
        | Rule::CsrSignature
        | Rule::KeyUnsupported
        | Rule::KeyWeak
        | Rule::KeyCompromised
        | Rule::KeyReused => false,
    }
}

/// Returns the definition of a field that the subscriber enters.
fn entered(field: &FieldSpec) -> Value {
    json!({
        "kind": camel_case(field.kind),
        "required": field.required,
        "maxLength": field.max_length,
        "label": in_every_language(|language| field.label.in_language(language)),
        "hint": field.hint.map(|hint| in_every_language(|language| hint.in_language(language))),
        "example": field.example,
        "autocomplete": field.autocomplete,
        "personalData": camel_case(field.personal_data),
    })
}

/// Returns the definition of a field that the pages only display.
fn displayed(field: &FixedFieldSpec) -> Value {
    json!({
        "label": in_every_language(|language| field.label.in_language(language)),
        "language": field.language.map(Language::tag),
        "personalData": camel_case(field.personal_data),
    })
}

fn in_every_language(text: impl Fn(Language) -> &'static str) -> BTreeMap<&'static str, &'static str> {
    Language::ALL.into_iter().map(|language| (language.tag(), text(language))).collect()
}

/// Returns the name of a variant, as the pages write it.
fn camel_case(variant: impl fmt::Debug) -> String {
    let name = format!("{variant:?}");
    name[..1].to_ascii_lowercase() + &name[1..]
}

/// Returns the field groups of steps 4 and 5 with their field names, in page order.
fn groups_of_application() -> Vec<GroupOfFields> {
    let mut groups: Vec<GroupOfFields> = Vec::new();
    let mut add = |group: Group, name| match (camel_case(group), groups.last_mut()) {
        (group, Some(last)) if last.group == group => last.fields.push(name),
        (group, _) => groups.push(GroupOfFields { group, fields: vec![name] }),
    };
    for entered in Field::APPLICATION {
        for fixed in FixedField::ALL.iter().filter(|fixed| fixed.spec().before == *entered) {
            add(fixed.spec().group, fixed.name());
        }
        add(entered.spec().group.unwrap(), entered.name());
    }
    groups
}

#[derive(Serialize)]
struct GroupOfFields {
    group: String,
    fields: Vec<&'static str>,
}

#[test]
fn the_api_description_contains_the_fields_of_the_domain() {
    assert_generated("infra/openapi.yaml", |text| {
        let (before, rest) = text.split_once(SCHEMAS_BEGIN).unwrap();
        let (_, after) = rest.split_once(SCHEMAS_END).unwrap();
        format!("{before}{SCHEMAS_BEGIN}{}{SCHEMAS_END}{after}", field_schemas())
    });
}

const SCHEMAS_BEGIN: &str =
    "    # Generated from the field definitions: UPDATE_RULES=1 cargo test -p tests field_rules\n";
const SCHEMAS_END: &str = "    # End of the generated schemas\n";

/// Returns the schemas of fields in responses and in inputs. Responses contain normalised values, and inputs may
/// contain other forms of these values.
fn field_schemas() -> String {
    let shown = Field::APPLICATION.iter().map(|field| {
        let FieldSpec { max_length, example, .. } = field.spec();
        let form = match pattern(*field) {
            Some(pattern) => format!("pattern: '{pattern}'"),
            None => format!("maxLength: {max_length}"),
        };
        let kind = if *field == Field::EmailAddress { "string" } else { "[string, 'null']" };
        (field.name(), format!("{{ type: {kind}, {form}, examples: {} }}", json!([example])), true)
    });
    let entered = Field::APPLICATION.iter().map(|field| {
        let required = field.spec().required;
        let kind = if required { "string" } else { "[string, 'null']" };
        (field.name(), format!("{{ type: {kind} }}"), required)
    });
    let fixed = FixedField::ALL.iter().map(|field| {
        let form = if *field == FixedField::CompanyCode { ", pattern: '^[0-9]{9}$'" } else { "" };
        (field.name(), format!("{{ type: string{form} }}"), true)
    });
    let sent_back = FixedField::ALL.iter().map(|field| (field.name(), "{ type: string }".to_owned(), false));
    [
        schema("FixedFields", "The evidence of the first authentication, which cannot be edited", fixed),
        schema(
            "FixedFieldsInput",
            "The fixed fields may be absent. If present, they must equal the stored values",
            sent_back,
        ),
        schema(
            "EditableFields",
            "Null denotes an empty field. In older records, required fields can also be null",
            shown,
        ),
        schema(
            "EditableFieldsInput",
            "The entered values, which the server normalises. A pasted email address becomes the bare address with A-labels",
            entered,
        ),
    ]
    .concat()
}

/// Returns an object schema with these members. Each member has a name, a schema, and a flag that is true for required
/// members.
fn schema(
    name: &str,
    description: &str,
    members: impl Iterator<Item = (&'static str, String, bool)>,
) -> String {
    let (mut required, mut properties) = (String::new(), String::new());
    for (name, schema, is_required) in members {
        properties += &format!("        {name}: {schema}\n");
        if is_required {
            required += &format!("        - {name}\n");
        }
    }
    let required = if required.is_empty() { required } else { format!("      required:\n{required}") };
    format!(
        "    {name}:\n      type: object\n      additionalProperties: false\n      description: {description}\n\
         {required}      properties:\n{properties}"
    )
}

/// Returns the regular expression for values of the field, if any.
fn pattern(field: Field) -> Option<&'static str> {
    match field.spec().kind {
        Kind::PostalCode => Some("^[0-9]{7}$"),
        Kind::Phone => Some("^[0-9]{10,11}$"),
        Kind::Mailbox
        | Kind::Password
        | Kind::CertificateCode
        | Kind::SignInCode
        | Kind::StopCode
        | Kind::FullWidth
        | Kind::Romaji
        | Kind::Text
        | Kind::Prefecture => None,
    }
}

/// Asserts that `file` is up to date, which means that `wanted` returns its content unchanged. If `UPDATE_RULES=1` is
/// set, updates `file` instead.
fn assert_generated(file: &str, wanted: impl Fn(&str) -> String) {
    let path = Path::new(ROOT).join(file);
    let text = fs::read_to_string(&path).unwrap();
    let wanted = wanted(&text);
    if std::env::var_os("UPDATE_RULES").is_some() {
        return fs::write(&path, &wanted).unwrap();
    }
    assert!(text == wanted, "{file} is stale: set UPDATE_RULES=1");
}

#[test]
fn every_example_is_in_normal_form() {
    for field in Field::APPLICATION {
        let example = field.spec().example.unwrap();
        assert_eq!(outcome(*field, example), Ok(json!(example)), "{field:?}");
    }
}

#[derive(Deserialize)]
struct Case {
    field: String,
    input: String,
    value: Option<Value>,
    error: Option<String>,
    /// The value if the address belongs to an existing certificate, which new certificates must not contain.
    #[serde(rename = "recordedValue")]
    recorded_value: Option<String>,
}

fn shared_cases() -> Vec<Case> {
    let cases = fs::read_to_string(Path::new(ROOT).join("tests/cases/fields.json")).unwrap();
    serde_json::from_str(&cases).unwrap()
}

#[test]
fn every_shared_case_has_its_expected_outcome() {
    let cases = shared_cases();
    assert!(cases.len() > 60);
    for Case { field, input, value, error, .. } in cases {
        let known = Field::by_name(&field).unwrap();
        let expected = match error {
            Some(error) => Err(error),
            None => Ok(value.unwrap_or_default()),
        };
        assert_eq!(outcome(known, &input).map_err(name_of), expected, "{field}: {input:?}");
    }
}

#[test]
fn addresses_of_existing_certificates_are_read_as_before() {
    let mailboxes = shared_cases().into_iter().filter(|case| case.field == Field::EmailAddress.name());
    for Case { input, value, error, recorded_value, .. } in mailboxes {
        let expected = match (recorded_value, error) {
            (None, Some(error)) => Err(error),
            (recorded, _) => Ok(recorded.map(Value::from).or(value).unwrap_or_default()),
        };
        let read = input.parse::<EmailAddress>().map(|address| json!(address.as_str()));
        assert_eq!(read.map_err(name_of), expected, "{input:?}");
    }
}

/// Parses `input` as a value of the field's type. Returns null for an empty optional field.
fn outcome(field: Field, input: &str) -> Result<Value, Rule> {
    let FieldSpec { kind, required, max_length, .. } = *field.spec();
    let read = match kind {
        Kind::Mailbox => EmailAddress::parse_new(input).map(|address| Some(address.as_str().to_owned())),
        Kind::Password => {
            input.parse::<ApplicationPassword>().map(|password| Some(text(password.as_bytes())))
        }
        Kind::CertificateCode => input.parse::<CertificateCode>().map(|code| Some(text(code.as_bytes()))),
        Kind::SignInCode => match input.parse::<SignInCode>() {
            Err(Rule::Required) => Ok(None),
            read => read.map(|code| Some(code.as_str().to_owned())),
        },
        Kind::StopCode => input.parse::<StopCode>().map(|code| Some(code.to_display().replace('-', ""))),
        Kind::PostalCode => input.parse::<PostalCode>().map(|code| Some(code.as_str().to_owned())),
        Kind::Prefecture => {
            input.parse::<Prefecture>().map(|prefecture| Some(prefecture.as_str().to_owned()))
        }
        Kind::Phone => input.parse::<PhoneNumber>().map(|number| Some(number.as_str().to_owned())),
        Kind::FullWidth => {
            FullWidthText::parse(input, max_length).map(|text| text.map(|text| text.as_str().to_owned()))
        }
        Kind::Romaji => {
            RomajiText::parse(input, max_length).map(|text| text.map(|text| text.as_str().to_owned()))
        }
        Kind::Text => {
            AddressText::parse(input, max_length).map(|text| text.map(|text| text.as_str().to_owned()))
        }
    };
    match read? {
        None if required => Err(Rule::Required),
        read => Ok(json!(read)),
    }
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

fn name_of(rule: Rule) -> String {
    names::rule(rule).to_owned()
}
