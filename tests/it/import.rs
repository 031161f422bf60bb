//! Tests that import records from an older system. Valid records are imported, and each invalid record is reported with
//! its line and the reason.

use serde_json::{Value, json};
use shared::{
    domain::{certificate_code::CertificateCode, revocation::RevocationTiming},
    use_cases::register_certificates::Report,
};

use crate::support::{LocalCa, Prepared, code_in, record};

const ADDRESS: &str = "ichiro@import.example";
const PASSWORD: &str = "a-password-of-old";
const CODE: &str = "Legacy-7x";

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

#[tokio::test]
async fn an_imported_certificate_can_be_reissued() {
    let prepared = Prepared::new(RevocationTiming::Submission).await;
    let ca = LocalCa::of_stack(prepared.folder());
    let mut record = record(&ca.issue(ADDRESS), "700000001", ADDRESS);
    record["subscriberNameJa"] = json!("<b>輸入</b> & \"一郎\"");
    let report = prepared.import(&lines(&[record])).await;
    assert_eq!(report, Report { registered: 1, ..Report::default() });

    let stack = prepared.run();
    let mut client = stack.client();
    client.identify_as(ADDRESS, PASSWORD, CODE).await.ok();
    client.select("700000001").await.ok();
    let saved = client.enter(&client.prefilled().await).await.ok();
    client.submit("700000001", saved["version"].as_u64().unwrap(), "0123456789abcdef").await.ok();
    stack.settle().await;
    let mails = client.mails().await;
    code_in(&mails[0]["text"]);
    let html = mails[0]["html"].as_str().unwrap();
    assert!(html.contains("輸入") && !html.contains("<b>"), "names are text, not markup: {html}");
}

#[tokio::test]
async fn importing_the_same_file_again_has_no_effect() {
    let prepared = Prepared::new(RevocationTiming::Submission).await;
    let ca = LocalCa::of_stack(prepared.folder());
    let text = lines(&[
        record(&ca.issue(ADDRESS), "700000001", ADDRESS),
        record(&ca.issue(ADDRESS), "700000002", ADDRESS),
    ]);
    assert_eq!(prepared.import(&text).await, Report { registered: 2, ..Report::default() });
    assert_eq!(prepared.import(&text).await, Report { already_registered: 2, ..Report::default() });

    let stack = prepared.run();
    let mut client = stack.client();
    client.identify_as(ADDRESS, PASSWORD, CODE).await.ok();
    let list = client.get("/api/certificates").await.ok();
    assert_eq!(list["certificates"].as_array().unwrap().len(), 2, "two under one code: {list}");
}

#[tokio::test]
async fn invalid_records_are_reported_and_valid_records_are_imported() {
    let prepared = Prepared::new(RevocationTiming::Submission).await;
    let ca = LocalCa::of_stack(prepared.folder());
    let good = |coupon_number: &str| record(&ca.issue(ADDRESS), coupon_number, ADDRESS);
    let with = |name: &str, value: Value| {
        let mut record = good("700000009");
        record[name] = value;
        record.to_string()
    };
    let typo = {
        let code = CertificateCode::from_secret(&[3; 32]).to_display();
        let last = if code.ends_with('0') { "1" } else { "0" };
        format!("{}{last}", &code[..code.len() - 1])
    };
    let issued_by = |ca: LocalCa| record(&ca.issue(ADDRESS), "700000009", ADDRESS).to_string();
    let another_address = record(&ca.issue("other@import.example"), "700000009", ADDRESS);
    let without = |name: &str| {
        let mut record = good("700000009");
        record.as_object_mut().unwrap().remove(name);
        record.to_string()
    };
    let mut incomplete = good("700000009");
    incomplete["application"] = json!({ "emailAddress": ADDRESS, "postalCode": "12", "phone": "x" });
    let bad = [
        ("{\"certificate\":".to_owned(), "not a certificate record"),
        ("[]".to_owned(), "not a certificate record"),
        (without("corporateNumber"), "corporateNumber"),
        (without("applicationPassword"), "applicationPassword"),
        (with("applicationPassword", json!("seven-7")), "applicationPassword: shorter than 8 characters"),
        (
            with("certificate", json!("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")),
            "certificate",
        ),
        (issued_by(LocalCa::foreign()), "not issued by this deployment's CA"),
        (issued_by(LocalCa::impostor()), "certificate"),
        (another_address.to_string(), "emailAddress"),
        (with("companyCode", json!("12345678")), "companyCode"),
        (with("corporateNumber", json!("7000012050003")), "corporateNumber"),
        (with("couponNumber", json!("A1")), "couponNumber"),
        (with("certificateCode", json!(typo)), "certificateCode"),
        (with("applicationPassword", json!("another-password")), "applicationPassword"),
        (
            with("applicationPasswordHash", json!("$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA")),
            "applicationPassword",
        ),
        (with("organizationNameJa", json!("")), "organizationNameJa"),
        (with("revoked", json!({ "reason": "superseded", "at": "yesterday" })), "revoked.at"),
        (
            with("revoked", json!({ "reason": "certificateHold", "at": "2026-01-01T00:00:00Z" })),
            "not a certificate record",
        ),
        (incomplete.to_string(), "Postal code"),
        (good("700000001").to_string(), "belongs to another certificate"),
    ];
    let mut text = lines(&[good("700000001")]) + "\n";
    for (line, _) in &bad {
        text.push_str(line);
        text.push('\n');
    }
    text.push_str(&lines(&[good("700000002")]));

    let report = prepared.import(&text).await;
    assert_eq!((report.registered, report.already_registered), (2, 0), "{report:?}");
    assert_eq!(report.refused.len(), bad.len(), "{report:?}");
    for (index, ((line, reason), (_, expected))) in report.refused.iter().zip(&bad).enumerate() {
        assert_eq!(*line, index + 3, "after a good and an empty line: {report:?}");
        assert!(reason.contains(expected), "line {line}: {reason}");
        assert!(!reason.contains(PASSWORD) && !reason.contains("another-password"), "{reason}");
    }

    let stack = prepared.run();
    let mut client = stack.client();
    client.identify_as(ADDRESS, PASSWORD, CODE).await.ok();
    let list = client.get("/api/certificates").await.ok();
    let certificates = list["certificates"].as_array().unwrap().iter();
    let coupons: Vec<_> = certificates.map(|certificate| &certificate["couponNumber"]).collect();
    assert_eq!(coupons, ["700000001", "700000002"]);
}

#[tokio::test]
async fn an_imported_revocation_is_listed_on_the_next_crl() {
    let prepared = Prepared::new(RevocationTiming::Submission).await;
    let ca = LocalCa::of_stack(prepared.folder());
    let mut revoked = record(&ca.issue(ADDRESS), "700000001", ADDRESS);
    revoked["revoked"] = json!({ "reason": "keyCompromise", "at": "2026-10-01T12:00:00+09:00" });
    assert_eq!(prepared.import(&lines(&[revoked])).await.registered, 1);

    let stack = prepared.run();
    let mut client = stack.client();
    client.identify_as(ADDRESS, PASSWORD, CODE).await.ok();
    let list = client.get("/api/certificates").await.ok();
    assert_eq!(list["notReissuable"][0]["reason"], "revoked");
    stack.client().reissue(stack.account("taro"), "984940947").await;
    stack.settle().await;
    let crl = crate::support::Crl::fetch(&client).await;
    assert!(crl.text.contains("Revocation Date: Oct  1 03:00:00 2026 GMT"), "{}", crl.text);
    assert!(crl.text.contains("Key Compromise"), "{}", crl.text);
}

#[tokio::test]
async fn missing_fields_of_a_record_are_entered_in_step_4() {
    let prepared = Prepared::new(RevocationTiming::Submission).await;
    let ca = LocalCa::of_stack(prepared.folder());
    let mut sparse = record(&ca.issue(ADDRESS), "700000001", ADDRESS);
    sparse["application"] = json!({ "emailAddress": ADDRESS });
    assert_eq!(prepared.import(&lines(&[sparse])).await.registered, 1);

    let stack = prepared.run();
    let mut client = stack.client();
    client.identify_as(ADDRESS, PASSWORD, CODE).await.ok();
    client.select("700000001").await.ok();
    let mut input = client.prefilled().await;
    let missing = ["postalCode", "prefecture", "city", "street", "phone"];
    let required: Vec<_> = missing.iter().map(|name| format!("/fields/{name} required")).collect();
    let required: Vec<_> = required.iter().map(String::as_str).collect();
    client.enter(&input).await.invalid_fields(&required);
    for (name, value) in missing.iter().zip(["1000001", "東京都", "千代田区", "1-1", "0312345678"]) {
        input["fields"][name] = json!(value);
    }
    client.enter(&input).await.ok();
}
