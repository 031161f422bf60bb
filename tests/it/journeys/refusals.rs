//! Tests of the refusals and messages that procedure.md lists for each step.

use serde_json::{Value, json};
use shared::{domain::fields::Language, pki::EndEntityCertificate};

use crate::support::{Answer, AnyStack, Client, KEY};

/// Returns a certificate's expiry time in the API's format.
fn not_after(certificate: &str) -> String {
    EndEntityCertificate::parse(certificate.as_bytes()).unwrap().not_after().to_rfc3339()
}

#[tokio::test]
async fn a_certificate_with_exactly_30_days_left_is_not_reissuable() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    client.identify(stack.account("jiro")).await.ok();
    let coupon = stack.coupon("jiro");
    client.assert_not_reissuable(coupon, "validityTooShort", &not_after(stack.certificate(coupon))).await;
}

#[tokio::test]
async fn a_revoked_certificate_is_not_reissuable() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    client.identify(stack.account("shiro")).await.ok();
    let coupon = stack.coupon("shiro");
    client.assert_not_reissuable(coupon, "revoked", &not_after(stack.certificate(coupon))).await;
}

#[tokio::test]
async fn certificates_and_receipts_of_others_are_not_found() {
    let stack = AnyStack::start().await;
    let receipt = stack.client().reissue(stack.account("hanako"), stack.coupon("hanako")).await;
    let mut client = stack.client();
    let version = client.walk_to_review(stack.account("taro"), stack.coupon("taro")).await;

    let unknown = client.get("/api/certificates/1").await;
    unknown.problem(404, "not-found");
    for coupon_number in &stack.account("hanako").coupon_numbers {
        assert_eq!(client.get(&format!("/api/certificates/{coupon_number}")).await.body, unknown.body);
        assert_eq!(client.select(coupon_number).await.body, unknown.body);
        let mut input = client.prefilled().await;
        input["couponNumber"] = json!(coupon_number);
        client.enter(&input).await.problem(409, "application-changed");
        client.submit(coupon_number, version, KEY).await.problem(409, "application-changed");
    }
    assert_eq!(client.receipt(&receipt["receiptNumber"]).await.body, unknown.body);
    client.submit(stack.coupon("taro"), version, KEY).await.ok();
}

#[tokio::test]
async fn fixed_fields_can_be_sent_but_not_changed() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    client.walk_to_entry(stack.account("taro"), stack.coupon("taro")).await;
    let page = client.get("/api/application").await.ok();
    let mut input = client.prefilled().await;
    let fixed = page["fixed"].as_object().unwrap();
    assert_eq!(fixed.len(), 5);
    for name in fixed.keys() {
        input["fixed"] = page["fixed"].clone();
        input["fixed"][name] = json!("123456789");
        client.enter(&input).await.invalid_fields(&[&format!("/fixed/{name} fixedField")]);
        input["fixed"] = json!({ name: "" });
        client.enter(&input).await.invalid_fields(&[&format!("/fixed/{name} fixedField")]);
    }
    assert_eq!(client.get("/api/application").await.ok(), page);
    input["fixed"] = page["fixed"].clone();
    client.enter(&input).await.ok();
}

#[tokio::test]
async fn each_required_field_is_enforced() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    client.walk_to_entry(stack.account("taro"), stack.coupon("taro")).await;
    let prefilled = client.prefilled().await;
    for name in ["emailAddress", "postalCode", "prefecture", "city", "street", "phone"] {
        let required = format!("/fields/{name} required");
        for empty in [json!(null), json!(""), json!(" 　\t")] {
            let mut input = prefilled.clone();
            input["fields"][name] = empty;
            client.enter(&input).await.invalid_fields(&[&required]);
        }
        let mut input = prefilled.clone();
        input["fields"].as_object_mut().unwrap().remove(name);
        client.enter(&input).await.invalid_fields(&[&required]);
    }
    assert_eq!(client.prefilled().await, prefilled);
    let mut input = prefilled;
    for name in ["titleJa", "departmentJa", "titleDepartmentRomaji", "building"] {
        input["fields"][name] = json!(null);
    }
    client.enter(&input).await.ok();
}

/// Submits a form in which every field is invalid, and returns the response.
async fn all_errors(client: &Client) -> Answer {
    let mut input = client.prefilled().await;
    input["fields"] = json!({
        "phone": "12345",
        "building": "ビル\u{202e}",
        "street": "",
        "city": "あ".repeat(61),
        "prefecture": "江戸",
        "postalCode": "104-002",
        "emailAddress": "taro at example",
        "titleDepartmentRomaji": "本部長",
        "departmentJa": "مدير",
        "titleJa": "部".repeat(61),
    });
    client.enter(&input).await
}

#[tokio::test]
async fn all_form_errors_are_reported_together_in_page_order() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    client.walk_to_entry(stack.account("taro"), stack.coupon("taro")).await;
    let before = client.get("/api/application").await.ok();
    let expected = [
        "/fields/titleJa tooLong",
        "/fields/departmentJa notFullWidth",
        "/fields/titleDepartmentRomaji notRomaji",
        "/fields/emailAddress missingAtSign",
        "/fields/postalCode notAPostalCode",
        "/fields/prefecture notAPrefecture",
        "/fields/city tooLong",
        "/fields/street required",
        "/fields/building unsuitableCharacter",
        "/fields/phone notAPhoneNumber",
    ];
    all_errors(&client).await.invalid_fields(&expected);
    assert_eq!(client.get("/api/application").await.ok(), before);
}

#[tokio::test]
async fn step_1_reports_every_malformed_credential() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    let missing = ["/emailAddress required", "/applicationPassword required", "/certificateCode required"];
    client.identify_as("", "", "").await.invalid_fields(&missing);
    let code = &stack.account("taro").certificate_code;
    let last = if code.ends_with('0') { "1" } else { "0" };
    let typo = format!("{}{last}", &code[..code.len() - 1]);
    client
        .identify_as("taro", "x", &typo)
        .await
        .invalid_fields(&["/emailAddress missingAtSign", "/certificateCode certificateCodeTypo"]);
    assert_eq!(client.cookie, None);
}

#[tokio::test]
async fn a_selection_requires_the_acknowledgement() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    client.identify(stack.account("taro")).await.ok();
    for body in [json!({}), json!({ "acknowledged": false })] {
        let path = format!("/api/certificates/{}/selection", stack.coupon("taro"));
        let answer = client.json(hyper::Method::POST, &path, &body).await;
        answer.invalid_fields(&["/acknowledged notAcknowledged"]);
    }
    client.get("/api/application").await.out_of_order("choose");
}

fn texts(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().unwrap().iter().map(|error| &error["detail"]);
    [&problem["title"], &problem["detail"]]
        .into_iter()
        .chain(errors)
        .map(|text| text.as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn refusals_are_in_japanese_unless_english_is_preferred() {
    let stack = AnyStack::start().await;
    let mut client = stack.client();
    client.walk_to_entry(stack.account("taro"), stack.coupon("taro")).await;
    let every_language = Language::ALL.map(|language| (Some(language.tag()), language.tag()));
    let preferences = [
        (None, "ja"),
        (Some("fr"), "ja"),
        (Some("ja,en;q=0.9"), "ja"),
        (Some("en;q=0.4,ja;q=0.5"), "ja"),
        (Some("fr, EN-us;q=0.9, ja;q=0.2"), "en"),
    ];
    for (accepted, language) in preferences.into_iter().chain(every_language) {
        client.accept_language = accepted;
        let answer = all_errors(&client).await;
        assert_eq!(answer.headers["content-language"], language, "{accepted:?}");
        for text in texts(&answer.json()) {
            let is_japanese = text.chars().any(|c| ('\u{3040}'..='\u{30ff}').contains(&c));
            assert_eq!(is_japanese, language == "ja", "{accepted:?}: {text}");
        }
    }
}
